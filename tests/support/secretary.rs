//! A secretariat that works by itself, over HTTP as people do with a browser: it settles what waits, hands over, takes
//! in. Accounts and how their holders get in stand here too. What goes wrong is a sentence.

use super::house::House;
use super::web::Client;
use super::web::between;

/// Adds an account, or a role to one.
pub fn add(house: &House, email: &str, name: &str, role: &str, unit: &str) -> Result<(), String> {
    let words = [
        "user", "add", email, "--name", name, "--role", role, "--unit", unit,
    ];
    let output = house.output(&words);
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "phach {words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// How somebody with this address gets in.
pub type Door<'a> = &'a dyn Fn(&str) -> Result<Client, String>;

/// Waits until the program has done all it can do by itself.
pub type Rest<'a> = &'a dyn Fn() -> Result<(), String>;

/// A secretary at the desk of a unit.
pub struct Secretary {
    pub client: Client,
}

/// What a secretary decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub times_accepted: usize,
    pub times_refused: usize,
    pub vouched: usize,
}

impl Secretary {
    pub fn of(house: &House, email: &str, unit: &str, door: Door<'_>) -> Result<Secretary, String> {
        add(house, email, &format!("Thư ký {unit}"), "secretary", unit)?;
        Ok(Secretary {
            client: door(email)?,
        })
    }

    /// Decides what keeps entries of these units (by their names) from their judges: of late ones every other is
    /// accepted, a text without a known name is vouched for. All else stays open.
    pub fn settle(&mut self, units: &[&str], rest: Rest<'_>) -> Result<Settled, String> {
        let mut settled = Settled::default();
        // An accepted entry gets its copy only now, and that may need a word too.
        for _ in 0..4 {
            rest()?;
            let mut matters = Vec::new();
            for kind in ["muon", "gio-nhan", "roc-phach"] {
                matters.extend(self.matters(kind, units)?);
            }
            if matters.is_empty() {
                return Ok(settled);
            }
            for matter in matters {
                self.decide(&matter, &mut settled)?;
            }
        }
        Err("a matter opens again and again".to_owned())
    }

    /// Paths of the open matters of a kind that are these units'.
    fn matters(&mut self, kind: &str, units: &[&str]) -> Result<Vec<String>, String> {
        let list = self.client.get(&format!("/viec?loai={kind}"))?;
        let lines = list.html.split("<li>").skip(1);
        Ok(lines
            .filter(|line| {
                let about = between(line, "soft\">", "</span>").unwrap_or_default();
                units
                    .iter()
                    .any(|unit| about.starts_with(&format!("{unit} ·")))
            })
            .filter_map(|line| between(line, "href=\"/viec/", "\""))
            .map(|id| format!("/viec/{id}"))
            .collect())
    }

    fn decide(&mut self, matter: &str, settled: &mut Settled) -> Result<(), String> {
        let page = self.client.get(matter)?;
        let (act, count) = if page.form("accept_time").is_some() {
            if settled.times_accepted <= settled.times_refused {
                ("accept_time", &mut settled.times_accepted)
            } else {
                ("close", &mut settled.times_refused)
            }
        } else if page.form("vouch").is_some() {
            ("vouch", &mut settled.vouched)
        } else {
            return Err(format!(
                "only a person can decide {matter}: {}",
                page.text()
            ));
        };
        *count += 1;
        let done = self.client.press(&page, act, &[])?;
        done.done(&format!("{act} at {matter}")).map(drop)
    }

    /// Hands over what the unit has to hand over.
    pub fn hand_over(&mut self) -> Result<(), String> {
        let page = self.client.get("/ban-giao")?;
        let done = self.client.press(&page, "hand_over", &[])?;
        done.done("bàn giao").map(drop)
    }

    /// Trusts the key of the package that waits for a word, and takes it in; false when none waits.
    pub fn take_in(&mut self) -> Result<bool, String> {
        let list = self.client.get("/viec?loai=ban-giao")?;
        let Some(id) = between(&list.html, "href=\"/viec/", "\"") else {
            return Ok(false);
        };
        let page = self.client.get(&format!("/viec/{id}"))?;
        let done = self.client.press(&page, "take_in", &[])?;
        done.done("nhận gói bàn giao").map(|_| true)
    }

    /// Whether the receiver of the unit's last package has said that it has all of it.
    pub fn is_acknowledged(&mut self) -> Result<bool, String> {
        let state = phach::words::handover::state(phach::entry::HandoverState::Acknowledged);
        Ok(self.client.get("/ban-giao")?.html.contains(state))
    }
}
