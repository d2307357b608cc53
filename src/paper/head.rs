//! Who issues a paper and when: the head and the foot that lists and letters share.

use jiff::civil::Date;

use crate::words::paper as words;

/// The body that issues a paper, as its head, text and signature name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    /// In sentences: "Ban Tổ chức cuộc thi quận Hoàn Kiếm".
    pub name: String,
    /// The body right above it, as the head prints it: "UBND QUẬN HOÀN KIẾM".
    pub above: Option<String>,
    /// Its own name as the head prints it, line by line: "BAN TỔ CHỨC CUỘC THI".
    pub head: Vec<String>,
    /// "Hoàn Kiếm"
    pub place: String,
    /// What follows the number: "UBND-PTP".
    pub symbol: Option<String>,
    /// For whom and as what one signs, line by line: "TM. BAN TỔ CHỨC", "TRƯỞNG BAN".
    pub signed_as: Vec<String>,
    /// Who else gets the letter (Nơi nhận), besides the addressee.
    pub copies: Vec<String>,
    /// Where it is filed: "VT, PTP".
    pub filed: String,
}

/// The day of a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Written on this day and not yet issued: day and month stay blank and the paper is marked "DỰ THẢO".
    Draft(Date),
    /// Issued on this day.
    Issued(Date),
}

impl Day {
    pub fn date(self) -> Date {
        match self {
            Day::Draft(date) | Day::Issued(date) => date,
        }
    }

    pub fn is_draft(self) -> bool {
        matches!(self, Day::Draft(_))
    }

    /// The line under the motto: "Hà Nội, ngày 06 tháng 9 năm 2019".
    pub fn line(self, place: &str) -> String {
        match self {
            Day::Draft(date) => words::undated(place, date.year()),
            Day::Issued(date) => words::dated(place, date.day(), date.month(), date.year()),
        }
    }
}
