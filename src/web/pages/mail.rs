//! A mail as it is shown beside an entry or a matter.

use crate::db;
use crate::db::view::MailFile;
use crate::entry::Kind;
use crate::entry::MessageState;
use crate::web::State;
use crate::web::error::Result;
use crate::web::page;
use crate::web::pages::entry::file_name;
use crate::web::session::Visitor;
use crate::words;

pub struct Mail {
    pub id: i64,
    pub from: String,
    /// Whether the sender is who the mail says; empty when nobody was asked.
    pub proof: &'static str,
    pub subject: String,
    /// The subject without its "Re:", for an answer.
    pub answer_subject: String,
    pub received: String,
    pub body: String,
    pub files: Vec<MailFileLine>,
    /// Our letters that answer it.
    pub letters: Vec<LetterLine>,
    pub entries: Vec<(i64, String)>,
    pub size: String,
    pub answerable: bool,
    /// What is said of a mail whose data was removed.
    pub removed: Option<String>,
}

pub struct MailFileLine {
    pub id: i64,
    pub name: String,
    pub about: String,
}

pub struct LetterLine {
    pub id: i64,
    pub kind: &'static str,
    pub state: &'static str,
    pub class: &'static str,
    pub when: String,
}

/// The mail, unless it is out of this person's scope.
pub async fn load(state: &State, visitor: &Visitor, id: i64) -> Result<Option<Mail>> {
    let message = match db::view::message(&state.db, &visitor.scope, id).await {
        Ok(message) => message,
        Err(db::Error::Missing) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let address = message.from_email.unwrap_or_default();
    let from = match message.from_name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} <{address}>"),
        None => address.clone(),
    };
    let subject = message.subject.unwrap_or_default();
    let letters = db::view::answers(&state.db, &visitor.scope, id).await?;
    Ok(Some(Mail {
        id,
        from,
        proof: db::message::proof(&state.db, id)
            .await?
            .and_then(words::entry::proof)
            .unwrap_or_default(),
        answer_subject: words::reply::subject(&subject),
        subject: if subject.trim().is_empty() {
            words::entry::NO_SUBJECT.to_owned()
        } else {
            subject
        },
        received: words::time::instant_exact(message.received_at, &visitor.zone()),
        body: message.body.unwrap_or_default(),
        files: db::view::mail_files(&state.db, id)
            .await?
            .iter()
            .map(file)
            .collect(),
        letters: letters
            .iter()
            .map(|letter| LetterLine {
                id: letter.id,
                kind: super::letters::kind(letter.kind),
                state: words::letter::state(letter.state),
                class: super::letters::class(letter.state),
                when: page::moment(visitor, letter.sent_at.unwrap_or(letter.queued_at)),
            })
            .collect(),
        entries: db::view::entries_of(&state.db, &visitor.scope, id).await?,
        size: words::time::size(message.size),
        answerable: !address.is_empty(),
        removed: (message.state == MessageState::Removed).then(|| words::removal::GONE.to_owned()),
    }))
}

fn file(file: &MailFile) -> MailFileLine {
    MailFileLine {
        id: file.id,
        name: file_name(&file.name),
        about: words::document::about_sized(Kind::read(&file.kind), None, file.size),
    }
}
