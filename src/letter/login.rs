//! The login letter: a link that works once and a six-digit code, for fifteen minutes.

use askama::Template;

/// What the letter says.
#[derive(Clone, Debug)]
pub struct Login {
    pub name: String,
    pub contest: String,
    pub link: String,
    /// Six digits.
    pub code: String,
}

#[derive(Template)]
#[template(path = "mail/login/login.txt", escape = "none")]
struct Text<'a> {
    name: &'a str,
    contest: &'a str,
    link: &'a str,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "mail/login/login.html")]
struct Html<'a> {
    name: &'a str,
    contest: &'a str,
    link: &'a str,
    code: &'a str,
}

impl Login {
    pub fn text(&self) -> Result<String, askama::Error> {
        Text {
            name: &self.name,
            contest: &self.contest,
            link: &self.link,
            code: &self.code,
        }
        .render()
    }

    pub fn html(&self) -> Result<String, askama::Error> {
        Html {
            name: &self.name,
            contest: &self.contest,
            link: &self.link,
            code: &self.code,
        }
        .render()
    }
}

#[cfg(test)]
mod tests {
    use super::Login;

    #[test]
    fn a_hostile_name_stays_text() {
        let letter = Login {
            name: "<b>An</b>".into(),
            contest: "Cuộc thi".into(),
            link: "https://phach.example/vao?t=abc".into(),
            code: "012345".into(),
        };
        let html = letter.html().expect("rendered");
        assert!(!html.contains("<b>An</b>"), "{html}");
        assert!(html.contains("012345"));
        assert!(letter.text().expect("rendered").contains("vao?t=abc"));
    }
}
