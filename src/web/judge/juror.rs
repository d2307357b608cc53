//! Who looks at the jury's pages: an account and the roles it holds, unit by unit.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::contest::role::Role;
use crate::db;
use crate::db::account::Account;
use crate::db::account::Grant;
use crate::db::judge::Queue;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::session;
use crate::web::session::Person;
use crate::web::session::Sender;

pub struct Juror {
    pub account: Account,
    pub csrf: String,
    grants: Vec<Grant>,
}

impl Sender for Juror {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl FromRequestParts<State> for Juror {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Juror> {
        let Person { account, csrf } = Person::from_request_parts(parts, state).await?;
        let grants = db::account::grants(&state.db, account.id).await?;
        let welcome = grants
            .iter()
            .any(|grant| session::judges(grant.role) || desk(grant.role));
        if !welcome {
            return Err(Error::NoRole);
        }
        Ok(Juror {
            account,
            csrf,
            grants,
        })
    }
}

/// Whether a role has a desk of the secretariat.
fn desk(role: Role) -> bool {
    match role {
        Role::Administrator | Role::Secretary => true,
        Role::HeadJudge | Role::Judge | Role::QuestionAuthor | Role::Monitor => false,
    }
}

impl Juror {
    /// The roles held for exactly the unit of a queue; an administrator may hold it for every unit.
    pub fn roles_at(&self, queue: &Queue) -> Vec<Role> {
        self.grants
            .iter()
            .filter(|grant| {
                let here = match grant.unit_id {
                    Some(unit) => unit == queue.unit_id,
                    None => grant.role == Role::Administrator,
                };
                here && grant.contest_id == queue.contest_id
            })
            .map(|grant| grant.role)
            .collect()
    }

    /// Whether this is the head judge of a queue.
    pub fn heads(&self, queue: &Queue) -> bool {
        self.roles_at(queue).contains(&Role::HeadJudge)
    }

    /// Refuses whoever is not the head judge, as if there were no such queue.
    pub fn must_head(&self, queue: &Queue) -> Result<()> {
        if self.heads(queue) {
            Ok(())
        } else {
            Err(Error::NotFound)
        }
    }

    /// Whether somebody may look at how a queue's marking goes: its head judge, and the secretariat of its unit or of
    /// one above.
    pub fn sees(&self, queue: &Queue, above: &[i64]) -> bool {
        self.heads(queue)
            || self.grants.iter().any(|grant| {
                desk(grant.role)
                    && grant.contest_id == queue.contest_id
                    && grant.unit_id.is_none_or(|unit| above.contains(&unit))
            })
    }

    /// Whether there is a panel to look at for this person.
    pub fn has_panel(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role == Role::HeadJudge || desk(grant.role))
    }

    pub fn has_desk(&self) -> bool {
        self.grants.iter().any(|grant| desk(grant.role))
    }

    /// Contest and unit of every role with a panel; `None`: every unit.
    pub fn panels(&self) -> Vec<(i64, Option<i64>, Role)> {
        self.grants
            .iter()
            .filter(|grant| grant.role == Role::HeadJudge || desk(grant.role))
            .map(|grant| (grant.contest_id, grant.unit_id, grant.role))
            .collect()
    }
}
