//! Writes letters to participants by the wording in force. A clerk's template by which one letter cannot be written
//! holds up no letter: it goes in the text that ships with the program, and the administrator is told.

use super::Ctx;
use super::Failure;
use super::alarm;
use crate::db;
use crate::db::Tx;
use crate::entry::LetterForm;
use crate::letter::alarm::Reworded;
use crate::letter::wording;
use crate::letter::wording::Facts;
use crate::letter::wording::Said;
use crate::words;

/// What a letter says, and whose words these are.
pub struct Worded {
    pub said: Said,
    /// It is in the text that ships.
    pub shipped: bool,
    /// A clerk's wording would not do; `alarm` tells the administrator.
    pub failed: bool,
}

/// Writes a letter of this form, whatever the clerk's template does.
///
/// # Errors
/// `GiveUp` only if the text that ships cannot be written, which its tests rule out.
pub async fn write(
    tx: &mut Tx,
    contest: i64,
    form: LetterForm,
    facts: &Facts,
    now: i64,
) -> Result<Worded, Failure> {
    let newest = db::wording::newest(tx, contest, form).await?;
    let mut failed = false;
    if let Some(version) = &newest
        && let Some(own) = version.wording()
    {
        match own.write(facts) {
            Ok(said) => {
                return Ok(Worded {
                    said,
                    shipped: false,
                    failed,
                });
            }
            Err(fault) => {
                tracing::error!(
                    wording.id = version.id,
                    line = fault.line,
                    "a letter could not be written by its template, and goes in the text that ships"
                );
                db::wording::failed(tx, version.id, now).await?;
                failed = true;
            }
        }
    }
    let said = wording::shipped(form).write_whole(facts);
    let said = said.map_err(|fault| {
        Failure::GiveUp(anyhow::anyhow!("the text that ships: {}", fault.sentence()))
    })?;
    Ok(Worded {
        said,
        shipped: true,
        failed,
    })
}

/// Tells the administrator of templates that failed, of each once.
pub async fn alarm(ctx: &Ctx, tx: &mut Tx, now: i64) -> Result<(), Failure> {
    for version in db::wording::untold(tx).await? {
        let contest = ctx.contest(version.contest_id).await?;
        let Some(top) = contest.standing.top() else {
            continue;
        };
        let (form, _) = words::wording::form(version.form);
        let text = Reworded {
            contest: contest.standing.plan.title.clone(),
            form: form.to_owned(),
            version: words::wording::version(version.n),
            what_to_do: words::wording::ALARM_WHAT_TO_DO.to_owned(),
            address_of_desk: ctx.config.web.public_url.clone(),
        };
        let text = text.text().map_err(|error| Failure::GiveUp(error.into()))?;
        let alert = alarm::Alert {
            contest: version.contest_id,
            unit: top,
            subject: &words::wording::alarm_subject(form),
            key: &format!("wording/{}", version.id),
            text: &text,
        };
        alarm::post(ctx, tx, &alert, now).await?;
        db::wording::told(tx, version.id, now).await?;
    }
    Ok(())
}
