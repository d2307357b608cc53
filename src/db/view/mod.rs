//! What the pages of the desk read, a file a page. Every query holds the scope of the person who looks inside its
//! SQL: a row of a unit outside of it does not exist for that person.

mod compare;
mod entries;
mod home;
mod journal;
mod letters;
mod mails;
mod matters;

pub use compare::to_review;
pub use entries::Filter;
pub use entries::Line;
pub use entries::entries;
pub use entries::entries_of;
pub use entries::entry;
pub use entries::entry_by_code;
pub use entries::file;
pub use home::Figures;
pub use home::figures;
pub use home::intake;
pub use home::mailboxes;
pub use home::matters_by_kind;
pub use journal::Deed;
pub use journal::deed;
pub use journal::deeds;
pub use journal::deeds_about;
pub use journal::events;
pub use letters::Attempt;
pub use letters::Outgoing;
pub use letters::answers;
pub use letters::attempts;
pub use letters::letter;
pub use letters::letters;
pub use letters::letters_by_state;
pub use mails::MailFile;
pub use mails::mail_file;
pub use mails::mail_files;
pub use mails::message;
pub use mails::message_of;
pub use matters::matter;
pub use matters::matters;
pub use matters::matters_about;
pub use matters::next_matter;

/// The units a person may see, in one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub contest: i64,
    pub units: Vec<i64>,
}

impl Scope {
    pub fn holds(&self, unit: i64) -> bool {
        self.units.contains(&unit)
    }

    /// `column IN (…)`; numbers only, so nothing can be smuggled in. Without units nothing is in scope.
    pub(in crate::db) fn within(&self, column: &str) -> String {
        if self.units.is_empty() {
            return "1 = 0".to_owned();
        }
        let units: Vec<String> = self.units.iter().map(i64::to_string).collect();
        format!("{column} IN ({})", units.join(", "))
    }
}

/// Rows on a page of a list.
pub const PAGE: i64 = 50;
