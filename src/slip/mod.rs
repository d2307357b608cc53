//! The slip (phách): who wrote an essay. Everything here is identity and never reaches a judge.

pub mod answers;
mod bare;
pub mod date;
pub mod excluded;
mod file_name;
pub mod find;
pub(crate) mod labels;
pub mod name;
pub mod person;
pub mod phone;
pub(crate) mod phrases;
pub(crate) mod word;

use serde::Deserialize;
use serde::Serialize;

/// What an essay and its mail say of their author. Each fact keeps where it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Full name, as written, first letters capital: "Nguyễn Thị Ánh".
    pub name: Option<Fact>,
    /// ISO date: "1981-02-09".
    pub birth_date: Option<Fact>,
    /// School, office or organisation, as written.
    pub unit: Option<Fact>,
    /// Class of a pupil, as written: "9A2".
    pub class: Option<Fact>,
    pub address: Option<Fact>,
    /// Digits only, with a leading 0.
    pub phone: Option<Fact>,
}

/// One fact about the author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub value: String,
    pub place: Place,
    /// Byte range of the line in the essay's text that holds it; only for `EssayHead` (to be masked).
    pub span: Option<(usize, usize)>,
}

/// Where a fact was found, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A clerk wrote or corrected it.
    Clerk,
    /// A labelled line at the head (or the foot) of the essay.
    EssayHead,
    /// The page header or footer of the document.
    PageMargin,
    /// Its row in a list of those who take part, which came with the mail.
    Roll,
    /// The text of the mail.
    Mail,
    /// The From line of the mail.
    Sender,
    /// The name of the file.
    FileName,
}

pub use bare::bare;
pub use find::from_essay;
pub use find::from_mail;
pub use person::age_on;
pub use person::same_person;

impl Slip {
    /// Takes from `other` every fact that this slip lacks.
    pub fn or(self, other: Slip) -> Slip {
        Slip {
            name: self.name.or(other.name),
            birth_date: self.birth_date.or(other.birth_date),
            unit: self.unit.or(other.unit),
            class: self.class.or(other.class),
            address: self.address.or(other.address),
            phone: self.phone.or(other.phone),
        }
    }
}
