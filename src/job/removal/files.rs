//! Files that lost their last row go after that row is gone for good. Killed in between, the note of the file is still
//! there, and the next run takes it up.

use crate::blob::Gone;
use crate::clock;
use crate::crash;
use crate::db;
use crate::job::Ctx;
use crate::job::Failure;
use crate::job::lock::Lock;
use crate::job::lock::Taken;

/// Notes that are looked at together.
const GROUP: i64 = 200;

/// What a look at the notes came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub removed: usize,
    /// Files that somebody wrote or asked for within the hour: a later look takes them.
    pub young: usize,
    /// A backup is being written and may hold rows that name the files: nothing was done.
    pub waits: bool,
}

/// Removes the files that are noted and that no row names.
pub async fn sweep(ctx: &Ctx) -> Result<Swept, Failure> {
    forget_readings(ctx).await?;
    let held =
        Lock::alone_with_files(&ctx.config.data).map_err(|error| Failure::Again(error.into()))?;
    let _held = match held {
        Ok(lock) => lock,
        Err(Taken) => {
            return Ok(Swept {
                waits: true,
                ..Swept::default()
            });
        }
    };
    let mut swept = Swept::default();
    let mut after = String::new();
    loop {
        let noted = db::removal::doomed(&ctx.db, &after, GROUP).await?;
        let Some(last) = noted.last() else {
            return Ok(swept);
        };
        after.clone_from(last);
        let mut tx = ctx.db.snapshot().await?;
        let unnamed = db::removal::unnamed(&mut tx, &noted).await?;
        drop(tx);
        let now = clock::now();
        let mut settled: Vec<String> = (noted.iter())
            .filter(|blob| !unnamed.contains(*blob))
            .cloned()
            .collect();
        for blob in unnamed {
            match ctx.blobs.remove(&blob, now).await? {
                // One that is gone already went in a run that was ended before it could say so.
                Gone::Now | Gone::Before => swept.removed += 1,
                Gone::Young => {
                    swept.young += 1;
                    continue;
                }
            }
            settled.push(blob);
        }
        crash::point("files_removed");
        let mut tx = ctx.db.begin().await?;
        db::removal::let_go(&mut tx, &settled).await?;
        tx.commit().await?;
    }
}

/// What was read from files goes with the last mail or entry that has them. No mail is sorted meanwhile: it might bring
/// the same file.
async fn forget_readings(ctx: &Ctx) -> Result<(), Failure> {
    let mut after = String::new();
    loop {
        let noted = db::removal::doomed(&ctx.db, &after, GROUP).await?;
        let Some(last) = noted.last() else {
            return Ok(());
        };
        after.clone_from(last);
        let mut contests: Vec<i64> = db::contest::all(&ctx.db)
            .await?
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        contests.sort_unstable();
        let mut tx = ctx.db.begin().await?;
        for contest in contests {
            db::contest::lock(&mut tx, contest).await?;
        }
        db::removal::forget_readings(&mut tx, &noted, clock::now()).await?;
        tx.commit().await?;
    }
}
