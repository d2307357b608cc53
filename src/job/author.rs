//! What is known of those whom a judge's copy must not name, gathered from the slip, the mail and the files.

use crate::blind::Identity;
use crate::db;
use crate::db::Db;
use crate::db::contest::Standing;
use crate::db::entry::Entry;
use crate::db::entry::File;
use crate::db::entry::Version;
use crate::db::message::Message;
use crate::slip::Slip;

/// A version with all that tells whose it is. Not `Debug`, so that it reaches no log.
pub struct About {
    pub slip: Slip,
    pub files: Vec<File>,
    /// The mail it came in; `None` where another installation took it in.
    pub message: Option<Message>,
    pub identity: Identity,
}

pub async fn of(
    db: &Db,
    standing: &Standing,
    entry: &Entry,
    version: &Version,
) -> db::Result<About> {
    let (slip, email) = match db::entry::slip(db, version.id).await {
        Ok(found) => found,
        Err(db::Error::Missing) => Default::default(),
        Err(error) => return Err(error),
    };
    let files = db::entry::files(db, version.id).await?;
    let message = match db::version::mail(db, version.submission_id).await? {
        Some(id) => Some(db::message::get(db, id).await?),
        None => None,
    };
    let origin = entry
        .origin_unit_id
        .map(|unit| standing.unit_name(unit).to_owned());
    let identity = Identity {
        senders: message
            .iter()
            .filter_map(|message| message.from_name.clone())
            .collect(),
        emails: message
            .iter()
            .filter_map(|message| message.from_email.clone())
            .chain(email)
            .collect(),
        files: files.iter().map(|file| file.name.clone()).collect(),
        codes: vec![entry.receipt_code.clone()],
        units: origin.into_iter().collect(),
        marked: db::copy::covers(db, version.id).await?,
        slips: vec![slip.clone()],
    };
    Ok(About {
        slip,
        files,
        message,
        identity,
    })
}
