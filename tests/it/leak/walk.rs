//! Somebody who presses everything: every link, every form that asks, every button of every form that acts, until
//! nothing is new.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::desk::Clerk;
use crate::desk::Page;
use crate::desk::between;

/// More requests than this is a walk in circles.
const LIMIT: usize = 3_000;

/// A form of a page.
#[derive(Clone, Debug)]
pub struct Form {
    pub asks: bool,
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// Name and value of each button; of one without a name both are empty.
    pub buttons: Vec<(String, String)>,
}

/// What somebody asked for and what came.
pub struct Answer {
    pub who: String,
    pub asked: String,
    pub page: Page,
}

pub struct Walk {
    pub who: String,
    pub clerk: Clerk,
    /// Every page that was shown.
    pub shown: BTreeSet<String>,
    /// Every address that stood on a page or was led to.
    pub known: BTreeSet<String>,
    pub answers: Vec<Answer>,
    pub csrf: String,
    sent: BTreeSet<(String, String, String)>,
}

impl Walk {
    pub fn new(who: &str, clerk: Clerk) -> Walk {
        Walk {
            who: who.to_owned(),
            clerk,
            shown: BTreeSet::new(),
            known: BTreeSet::new(),
            answers: Vec::new(),
            csrf: String::new(),
            sent: BTreeSet::new(),
        }
    }

    /// Asks, and keeps what came.
    pub fn ask(&mut self, method: &str, path: &str, fields: &[(String, String)]) -> &Page {
        assert!(self.answers.len() < LIMIT, "{} walks in circles", self.who);
        let page = self.clerk.ask(method, path, fields);
        if let Some(csrf) = between(&page.html, "name=\"csrf\" value=\"", "\"") {
            csrf.clone_into(&mut self.csrf);
        }
        if method == "GET" && page.status == 200 {
            self.shown.insert(path.to_owned());
        }
        self.answers.push(Answer {
            who: self.who.clone(),
            asked: format!("{method} {path} {fields:?}"),
            page,
        });
        &self.answers[self.answers.len() - 1].page
    }

    /// Follows everything from these addresses; with `act`, presses every button once too.
    pub fn everywhere(&mut self, from: &[&str], act: bool) {
        let mut ahead: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
        let mut forms: VecDeque<Form> = VecDeque::new();
        let mut visited: BTreeSet<String> = BTreeSet::new();
        loop {
            let (page, path) = if let Some(path) = ahead.pop_front() {
                if !visited.insert(path.clone()) {
                    continue;
                }
                self.known.insert(path.clone());
                (self.ask("GET", &path, &[]), path)
            } else if let Some(form) = forms.pop_front() {
                let (name, value) = &form.buttons[0];
                let mut fields = filled(&form.fields);
                fields.push((name.clone(), value.clone()));
                let action = form.action.clone();
                (self.ask("POST", &action, &fields), action)
            } else {
                return;
            };
            let to = page.to.clone();
            let html = page.html.clone();
            let mut on: Vec<String> = links(&html);
            if let Some(to) = to {
                // What an act leads to says something new, though the address be known.
                visited.remove(&to);
                on.push(to);
            }
            for form in self::forms(&html, &path) {
                if form.asks {
                    let query: Vec<String> = form
                        .fields
                        .iter()
                        .map(|(name, value)| format!("{name}={value}"))
                        .collect();
                    on.push(format!("{}?{}", form.action, query.join("&")));
                    continue;
                }
                // To leave comes last.
                let stays = act && form.action != "/dang-xuat";
                for button in form.buttons.iter().filter(|_| stays) {
                    let (name, value) = button.clone();
                    if self.sent.insert((form.action.clone(), name, value)) {
                        forms.push_back(Form {
                            buttons: vec![button.clone()],
                            ..form.clone()
                        });
                    }
                }
            }
            ahead.extend(on.into_iter().filter(|path| path.starts_with('/')));
        }
    }

    /// What every page that was shown says now.
    pub fn again(&mut self) -> BTreeMap<String, (u16, String)> {
        let paths: Vec<String> = self.shown.iter().cloned().collect();
        paths
            .into_iter()
            .map(|path| {
                let page = self.clerk.ask("GET", &path, &[]);
                (path, (page.status, timeless(&page.html)))
            })
            .collect()
    }
}

/// A page without how long is left until the deadline.
fn timeless(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("còn ") {
        out.push_str(before);
        rest = after.find('<').map_or("", |end| &after[end..]);
    }
    out + rest
}

/// Harmless values for the fields of a form.
fn filled(fields: &[(String, String)]) -> Vec<(String, String)> {
    let mut order = 0;
    let mut out = Vec::new();
    for (name, value) in fields {
        let value = if let Some(entry) = name.strip_prefix("thu-tu.") {
            order += usize::from(!entry.is_empty());
            order.to_string()
        } else if !value.is_empty() {
            value.clone()
        } else if name.starts_with("c.") {
            "1".to_owned()
        } else {
            "Ghi theo biên bản".to_owned()
        };
        out.push((name.clone(), value));
    }
    out
}

/// Where a page leads.
pub fn links(html: &str) -> Vec<String> {
    html.split(" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|path| path.replace("&amp;", "&"))
        .filter_map(|path| path.split('#').next().map(str::to_owned))
        .filter(|path| !path.is_empty())
        .collect()
}

/// The forms of the page at this address.
pub fn forms(html: &str, here: &str) -> Vec<Form> {
    html.split("<form ")
        .skip(1)
        .filter_map(|rest| rest.split("</form>").next())
        .map(|form| {
            let (head, inside) = form.split_once('>').unwrap_or((form, ""));
            let mut fields: Vec<(String, String)> = Vec::new();
            for tag in tags(inside, "<input ") {
                // Of several words to choose from, the first.
                let known = fields
                    .iter()
                    .any(|(name, _)| Some(&**name) == between(tag, "name=\"", "\""));
                if !(tag.contains("type=\"radio\"") && known) {
                    fields.extend(field(tag));
                }
            }
            for tag in tags(inside, "<textarea ") {
                fields.extend(field(tag));
            }
            for rest in inside.split("<select ").skip(1) {
                let name = between(rest, "name=\"", "\"").unwrap_or_default();
                let value = between(rest, "<option value=\"", "\"").unwrap_or_default();
                fields.push((name.to_owned(), value.to_owned()));
            }
            let buttons = tags(inside, "<button ")
                .filter(|tag| tag.contains("type=\"submit\""))
                .map(|tag| field(tag).unwrap_or_default())
                .collect();
            Form {
                asks: head.contains("method=\"get\""),
                action: between(head, "action=\"", "\"").unwrap_or(here).to_owned(),
                fields,
                buttons,
            }
        })
        .collect()
}

fn tags<'a>(html: &'a str, kind: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(kind)
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
}

fn field(tag: &str) -> Option<(String, String)> {
    let name = between(tag, "name=\"", "\"")?;
    let value = between(tag, "value=\"", "\"").unwrap_or_default();
    Some((name.to_owned(), value.replace("&amp;", "&")))
}

#[test]
fn a_form_is_read_with_its_fields_and_buttons() {
    let html = r#"<a class="x" href="/a?b=1&amp;c=2#d">A</a>
        <form method="get" action="/tiep"><input type="hidden" name="q" value="7"><button type="submit">Tiếp</button></form>
        <form method="post" action="/cham/1"><input type="hidden" name="csrf" value="t">
        <input type="radio" name="verdict" value="pass"><input type="radio" name="verdict" value="fail">
        <input name="c.a" value=""><textarea name="remark" rows="2"></textarea>
        <button type="submit" name="act" value="give">Xong</button><button type="button">1</button></form>"#;
    assert_eq!(links(html), ["/a?b=1&c=2"]);
    let all = forms(html, "/");
    assert!(all[0].asks);
    assert_eq!(all[0].buttons.len(), 1);
    let names: Vec<&str> = all[1].fields.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["csrf", "verdict", "c.a", "remark"]);
    assert_eq!(all[1].buttons, [("act".to_owned(), "give".to_owned())]);
    let values: Vec<String> = filled(&all[1].fields)
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert_eq!(values, ["t", "pass", "1", "Ghi theo biên bản"]);
    assert_eq!(timeless("<b>1</b>còn 3 ngày</i>x"), "<b>1</b></i>x");
}
