//! The forms of the desk: one address for every act, one for taking an act back.

use axum::extract::State as Held;
use axum::response::Redirect;

use crate::clock;
use crate::db;
use crate::db::matter::Subject;
use crate::desk;
use crate::desk::Act;
use crate::desk::Again;
use crate::desk::Erase;
use crate::desk::Refusal;
use crate::entry::ReceiptCode;
use crate::entry::Ruling;
use crate::job::installation;
use crate::slip::Fact;
use crate::slip::Place;
use crate::slip::Slip;
use crate::web::State;
use crate::web::error::Error;
use crate::web::error::Result;
use crate::web::pages::journal;
use crate::web::pages::leaves;
use crate::web::pages::mailings;
use crate::web::pages::wordings;
use crate::web::session::Fields;
use crate::web::session::Posted;
use crate::web::session::Visitor;
use crate::words;

/// Does what a form asks, then leads to the next matter, or back to the row.
pub async fn perform(Held(state): Held<State>, posted: Posted) -> Result<Redirect> {
    let Posted { visitor, fields } = posted;
    let now = clock::now();
    let matter = match fields.id("matter") {
        Some(id) => Some(db::view::matter(&state.db, &visitor.scope, id).await?),
        None => None,
    };
    let act = act(&state, &visitor, &fields).await?;
    let done = desk::perform(
        &state.db,
        &visitor.standing,
        visitor.who(),
        matter.as_ref().map(|matter| matter.id),
        act,
        now,
    )
    .await?;
    if let Some(matter) = matter {
        let now = db::matter::get(&state.db, matter.id).await?;
        if now.closed_at.is_none() {
            return Ok(Redirect::to(&format!("/viec/{}?da={done}", matter.id)));
        }
        let next = db::view::next_matter(&state.db, &visitor.scope, matter.kind).await?;
        return Ok(Redirect::to(&match next {
            Some(next) if fields.text("act") == "pages" => {
                leaves::next(&state, &visitor, next, done).await?
            }
            Some(next) => format!("/viec/{next}?da={done}"),
            None => format!("/viec?da={done}"),
        }));
    }
    let deed = db::view::deed(&state.db, &visitor.scope, done).await?;
    let back = row(&state, &visitor, deed.subject, deed.subject_id).await?;
    Ok(Redirect::to(&format!("{back}?da={done}")))
}

/// Takes an act back, then leads to what is open again.
pub async fn undo(Held(state): Held<State>, posted: Posted) -> Result<Redirect> {
    let Posted { visitor, fields } = posted;
    let id = fields.id("act").ok_or(Error::NotFound)?;
    desk::undo(
        &state.db,
        &visitor.standing,
        visitor.who(),
        id,
        clock::now(),
    )
    .await?;
    let act = db::act::get(&state.db, id).await?;
    let back = match act.matter_id {
        Some(matter) => format!("/viec/{matter}"),
        None => row(&state, &visitor, act.subject, act.subject_id).await?,
    };
    Ok(Redirect::to(&format!("{back}?hoan-tac=1")))
}

/// The page of a row, while it is in scope: an entry given to another unit has none here.
async fn row(state: &State, visitor: &Visitor, subject: Subject, id: i64) -> Result<String> {
    if subject == Subject::Entry {
        match db::view::entry(&state.db, &visitor.scope, id).await {
            Ok(_) => {}
            Err(db::Error::Missing) => return Ok("/nhat-ky".to_owned()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(journal::address(subject, id).unwrap_or_else(|| "/nhat-ky".to_owned()))
}

/// Reads the act from a form.
async fn act(state: &State, visitor: &Visitor, fields: &Fields) -> Result<Act> {
    let entry = || fields.id("entry").ok_or(Error::NotFound);
    let message = || fields.id("message").ok_or(Error::NotFound);
    Ok(match fields.text("act") {
        "assign_unit" => Act::AssignUnit {
            entry: entry()?,
            unit: fields.text("unit").to_owned(),
        },
        "not_an_entry" => match fields.id("entry") {
            Some(entry) => Act::NotAnEntry { entry },
            None => Act::NotAnEntryMail {
                message: message()?,
            },
        },
        "make_entry" => Act::MakeEntry {
            message: message()?,
        },
        "accept_time" => Act::AcceptTime { entry: entry()? },
        "join" => Act::Join {
            entry: entry()?,
            into: into(state, visitor, fields.text("into")).await?,
        },
        "replace" => Act::Replace {
            entry: entry()?,
            into: into(state, visitor, fields.text("into")).await?,
        },
        "stand" => Act::Stand {
            entry: entry()?,
            version: fields.id("version").ok_or(Error::NotFound)?,
        },
        "split" => Act::Split {
            entry: entry()?,
            files: fields.ids("file"),
            by: installation::codes(&state.db, &state.config.data)
                .await
                .map_err(|error| {
                    tracing::error!("receipt codes: {error:#}");
                    Error::Conflict(words::refusal::NO_KEY)
                })?,
        },
        "correct" => {
            let id = entry()?;
            let row = db::view::entry(&state.db, &visitor.scope, id).await?;
            let version = db::entry::version(&state.db, row.id).await?;
            let old = match db::entry::slip(&state.db, version.id).await {
                Ok((slip, _)) => slip,
                Err(db::Error::Missing) => Slip::default(),
                Err(error) => return Err(error.into()),
            };
            Act::Correct {
                entry: id,
                slip: Box::new(slip(old, fields)),
            }
        }
        "cover" => Act::Cover {
            entry: entry()?,
            words: fields.text("words").lines().map(str::to_owned).collect(),
        },
        "vouch" => Act::Vouch { entry: entry()? },
        "pages" => Act::Pages {
            entry: entry()?,
            seen: fields.text("seen").to_owned(),
            covers: leaves::covers(fields).ok_or(Error::NotFound)?,
        },
        "reply" => {
            let message = message()?;
            // Only a mail this person may read can be answered.
            db::view::message(&state.db, &visitor.scope, message).await?;
            Act::Reply {
                message,
                subject: fields.text("subject").to_owned(),
                text: fields.text("text").replace("\r\n", "\n"),
            }
        }
        "hand_over" => Act::HandOver {
            unit: fields.text("unit").to_owned(),
            early: fields.text("early") == "1",
        },
        "resend" => Act::Resend {
            handover: fields.id("handover").ok_or(Error::NotFound)?,
        },
        "take_in" => Act::TakeIn {
            message: message()?,
        },
        "settle" => {
            let wrong = || Error::Conflict(Refusal::SettleWhich.sentence());
            let ruling = Ruling::read(fields.text("ruling")).ok_or_else(wrong)?;
            // Boxes stay ticked on the page when the ruling keeps all.
            let entries = if ruling.takes_out() {
                fields.ids("entry")
            } else {
                Vec::new()
            };
            Act::Settle {
                ruling,
                entries,
                reason: fields.text("reason").replace("\r\n", "\n"),
            }
        }
        "retry" => Act::Retry(again(fields).ok_or(Error::NotFound)?),
        "remove" => Act::Remove {
            typed: fields.text("typed").to_owned(),
        },
        act @ ("mailing_release" | "mailing_stop" | "mailing_resume" | "mailing_drop") => {
            mailings::act(fields, act)?
        }
        "word" => wordings::back(state, visitor, fields).await?,
        "erase" => Act::Erase(Box::new(Erase {
            entry: entry()?,
            entries: fields.ids("erase_entry"),
            messages: fields.ids("erase_message"),
            letters: fields.ids("erase_letter"),
            typed: fields.text("typed").to_owned(),
            paper: fields.text("paper").to_owned(),
        })),
        "close" => Act::Close,
        _ => return Err(Error::NotFound),
    })
}

fn again(fields: &Fields) -> Option<Again> {
    let job = fields.id("job").map(Again::Job);
    job.or_else(|| fields.id("message").map(Again::Message))
        .or_else(|| fields.id("letter").map(Again::Letter))
        .or_else(|| fields.id("mailbox").map(Again::Mailbox))
}

/// The entry a clerk names by its receipt code.
async fn into(state: &State, visitor: &Visitor, code: &str) -> Result<i64> {
    let wrong = || Error::Conflict(Refusal::JoinTarget.sentence());
    let code = ReceiptCode::parse(code).ok_or_else(wrong)?;
    match db::view::entry_by_code(&state.db, &visitor.scope, code.as_str()).await {
        Ok(entry) => Ok(entry.id),
        Err(db::Error::Missing) => Err(wrong()),
        Err(error) => Err(error.into()),
    }
}

/// The slip with what the clerk changed; what stands as before keeps its place and span.
fn slip(old: Slip, fields: &Fields) -> Slip {
    let fact = |name: &str, old: Option<Fact>| {
        let value: String = crate::text::normal(fields.text(name))
            .chars()
            .take(300)
            .collect();
        match old {
            Some(old) if old.value == value => Some(old),
            // The masked line of the essay stays masked, whatever the value is called now.
            old => (!value.is_empty()).then(|| Fact {
                value,
                place: Place::Clerk,
                span: old.and_then(|old| old.span),
            }),
        }
    };
    Slip {
        name: fact("name", old.name),
        birth_date: fact("birth_date", old.birth_date),
        unit: fact("unit", old.unit),
        class: fact("class", old.class),
        address: fact("address", old.address),
        phone: fact("phone", old.phone),
    }
}
