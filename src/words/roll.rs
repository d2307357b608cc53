//! How a list of those who take part and the essays that came with it stand.

use serde::Deserialize;
use serde::Serialize;

use super::time;

/// So many names are written out; a longer list is in the mail itself.
const NAMES: usize = 40;

/// A list and the essays that came with it, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// People on the list.
    pub people: usize,
    /// Essays in the mail.
    pub essays: usize,
    /// People on the list whose essay came with an earlier mail.
    pub earlier: usize,
    /// People on the list whose essay came with a later mail.
    pub later: usize,
    /// On the list, without an essay.
    pub missing: Vec<Person>,
    /// With an essay, and not on the list.
    pub extra: Vec<Person>,
    /// On the list, with several essays.
    pub several: Vec<Person>,
}

/// Somebody a list or an essay names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The name, or that of the file where an essay gives none.
    pub name: String,
    pub class: Option<String>,
    /// How many essays came, where that is more than one.
    pub essays: Option<usize>,
}

impl Standing {
    /// Whether list and essays agree.
    pub fn agrees(&self) -> bool {
        self.people > 0
            && self.missing.is_empty()
            && self.extra.is_empty()
            && self.several.is_empty()
    }
}

/// What the sender and the desk are told.
pub fn sentences(standing: &Standing) -> Vec<String> {
    let mut said = vec![format!(
        "Danh sách gửi kèm có {} người; thư này có {} bài dự thi.",
        number(standing.people),
        number(standing.essays)
    )];
    if standing.people == 0 {
        said.push(
            "Chưa đọc được tên người nào trong danh sách; đề nghị kiểm tra lại danh sách."
                .to_owned(),
        );
        return said;
    }
    if standing.earlier > 0 {
        said.push(format!(
            "{} người trong danh sách đã có bài nhận từ trước.",
            number(standing.earlier)
        ));
    }
    if standing.later > 0 {
        said.push(format!(
            "{} người trong danh sách gửi bài bằng thư sau.",
            number(standing.later)
        ));
    }
    if standing.agrees() {
        said.push("Danh sách và các bài khớp nhau.".to_owned());
    }
    let missing = number(standing.missing.len());
    let extra = number(standing.extra.len());
    let several = number(standing.several.len());
    for (people, what) in [
        (
            &standing.missing,
            format!("Chưa thấy bài của {missing} người trong danh sách"),
        ),
        (
            &standing.extra,
            format!("{extra} bài không có tên trong danh sách"),
        ),
        (
            &standing.several,
            format!("{several} người có nhiều hơn một bài"),
        ),
    ] {
        if !people.is_empty() {
            said.push(format!("{what}: {}.", names(people)));
        }
    }
    said
}

/// What the sender is asked to do about it; `None` when all is well.
pub fn request(standing: &Standing) -> Option<&'static str> {
    (!standing.agrees()).then_some(
        "Đề nghị gửi bổ sung bài còn thiếu hoặc danh sách đã sửa, hoặc trả lời thư này để cho biết lý do.",
    )
}

/// What is asked of somebody who sent a list without any essay.
pub fn alone(standing: &Standing) -> String {
    format!(
        "gửi bài dự thi của {} người trong danh sách mà Ban Tổ chức chưa nhận được bài",
        number(standing.missing.len())
    )
}

fn number(n: usize) -> String {
    time::number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// "Lê Văn An (lớp 9A2); Trần Thị Bình; và 3 người khác"
fn names(people: &[Person]) -> String {
    let mut named: Vec<String> = people.iter().take(NAMES).map(named).collect();
    let more = people.len().saturating_sub(NAMES);
    if more > 0 {
        named.push(format!("và {} người khác", number(more)));
    }
    named.join("; ")
}

fn named(person: &Person) -> String {
    let class = person.class.as_ref().map(|class| {
        let word = if class.to_lowercase().starts_with("lớp") {
            ""
        } else {
            "lớp "
        };
        format!("{word}{class}")
    });
    let essays = person
        .essays
        .map(|essays| format!("{} bài", number(essays)));
    let notes: Vec<String> = class.into_iter().chain(essays).collect();
    match notes.is_empty() {
        true => person.name.clone(),
        false => format!("{} ({})", person.name, notes.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::NAMES;
    use super::Person;
    use super::Standing;
    use super::request;
    use super::sentences;

    fn person(name: &str, class: Option<&str>, essays: Option<usize>) -> Person {
        Person {
            name: name.to_owned(),
            class: class.map(str::to_owned),
            essays,
        }
    }

    #[test]
    fn a_teacher_reads_who_is_missing_and_who_is_too_many() {
        let all = Standing {
            people: 2,
            essays: 2,
            ..Standing::default()
        };
        assert_eq!(
            sentences(&all),
            [
                "Danh sách gửi kèm có 2 người; thư này có 2 bài dự thi.",
                "Danh sách và các bài khớp nhau."
            ]
        );
        assert_eq!(request(&all), None);
        let differs = Standing {
            people: 1_042,
            essays: 41,
            earlier: 3,
            later: 1,
            missing: vec![person("Lê Văn An", Some("9A2"), None)],
            extra: vec![person("scan.pdf", None, None)],
            several: vec![person("Trần Bình", Some("Lớp 8"), Some(2))],
        };
        assert_eq!(
            sentences(&differs),
            [
                "Danh sách gửi kèm có 1.042 người; thư này có 41 bài dự thi.",
                "3 người trong danh sách đã có bài nhận từ trước.",
                "1 người trong danh sách gửi bài bằng thư sau.",
                "Chưa thấy bài của 1 người trong danh sách: Lê Văn An (lớp 9A2).",
                "1 bài không có tên trong danh sách: scan.pdf.",
                "1 người có nhiều hơn một bài: Trần Bình (Lớp 8, 2 bài).",
            ]
        );
        assert!(request(&differs).is_some());
    }

    #[test]
    fn thousands_of_names_are_counted_and_not_written_out() {
        let missing = vec![person("Lê Văn An", None, None); 3_000];
        let standing = Standing {
            people: 3_000,
            missing,
            ..Standing::default()
        };
        let said = sentences(&standing).join(" ");
        assert_eq!(said.matches("Lê Văn An").count(), NAMES);
        assert!(said.ends_with("; và 2.960 người khác."), "{said}");
        let nobody = sentences(&Standing::default()).join(" ");
        assert!(nobody.contains("Chưa đọc được tên"), "{nobody}");
    }
}
