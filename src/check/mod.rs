//! Every self-test: what `phach check` prints and what the desk's "Kiểm tra" will show.
//!
//! Nothing is changed anywhere: mailboxes are opened read-only, relays are only logged in to.

mod login;

use std::sync::Arc;

use crate::config::Config;
use crate::contest::Plan;
use crate::contest::deadline;
use crate::contest::deadline::What;
use crate::db;
use crate::job::Ctx;
use crate::words;

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub level: Level,
    /// What was tried, Vietnamese.
    pub what: String,
    /// What was found and, unless it is good, what to do.
    pub say: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Good,
    /// Works, but will not do on the last evening.
    Careful,
    Bad,
}

fn good(what: impl Into<String>, say: impl Into<String>) -> Item {
    Item {
        level: Level::Good,
        what: what.into(),
        say: say.into(),
    }
}

fn careful(what: impl Into<String>, say: impl Into<String>) -> Item {
    Item {
        level: Level::Careful,
        what: what.into(),
        say: say.into(),
    }
}

fn bad(what: impl Into<String>, say: impl Into<String>) -> Item {
    Item {
        level: Level::Bad,
        what: what.into(),
        say: say.into(),
    }
}

/// Tries everything, and tells each result as it comes.
pub async fn run(ctx: &Arc<Ctx>, now: i64, mut tell: impl FnMut(Item)) -> db::Result<()> {
    tell(database(ctx).await);
    tell(blobs(ctx).await);
    tell(reader(ctx).await);
    tell(pictures(ctx).await);
    tell(web(&ctx.config));
    let contests = db::contest::all(&ctx.db).await?;
    if contests.is_empty() {
        tell(bad(words::check::PLAN, words::command::NO_PLAN));
    }
    let mut plans = Vec::new();
    for (id, _) in contests {
        let standing = db::contest::standing(&ctx.db, id).await?;
        tell(plan(&standing.plan, now));
        plans.push(standing.plan);
    }
    for item in login::mailboxes(ctx, now).await? {
        tell(item);
    }
    tell(senders(ctx, &plans));
    for item in login::relays(ctx, &plans, now).await {
        tell(item);
    }
    tell(alarm(&ctx.config));
    Ok(())
}

async fn database(ctx: &Ctx) -> Item {
    let kind = if ctx.db.is_lite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    match ctx.db.begin().await {
        Ok(tx) => {
            drop(tx);
            good(words::check::DATABASE, words::check::database(kind))
        }
        Err(error) => bad(words::check::DATABASE, words::command::no_database(&error)),
    }
}

async fn blobs(ctx: &Ctx) -> Item {
    let trial = async {
        let id = ctx.blobs.put(b"phach").await?;
        ctx.blobs.verify(&id.sha256).await
    };
    match trial.await {
        Ok(_) => good(words::check::BLOBS, words::check::blobs(&ctx.config.data)),
        Err(error) => bad(
            words::check::BLOBS,
            words::check::no_blobs(&ctx.config.data, &error),
        ),
    }
}

async fn reader(ctx: &Ctx) -> Item {
    match ctx.worker.ping().await {
        Ok(()) => good(words::check::READER, words::check::READER_WORKS),
        Err(error) => bad(words::check::READER, words::check::no_reader(&error)),
    }
}

async fn pictures(ctx: &Ctx) -> Item {
    match ctx.worker.try_page_reader().await {
        Ok(()) => good(words::check::PICTURES, words::check::PICTURES_WORK),
        Err(error) => {
            tracing::warn!("pictures are not read: {error}");
            careful(words::check::PICTURES, words::check::NO_PICTURES)
        }
    }
}

fn web(config: &Config) -> Item {
    let loopback = config
        .web
        .listen
        .parse::<std::net::SocketAddr>()
        .is_ok_and(|address| address.ip().is_loopback());
    let https = config.web.public_url.starts_with("https://");
    match (&config.web.tls_cert, &config.web.tls_key) {
        (Some(cert), Some(key)) => {
            if let Some(missing) = [cert, key].into_iter().find(|path| !path.is_file()) {
                return bad(words::check::WEB, words::check::no_certificate(missing));
            }
            if !https {
                return bad(
                    words::check::WEB,
                    words::check::web_address(&config.web.public_url),
                );
            }
            good(words::check::WEB, words::check::web(&config.web.public_url))
        }
        (None, None) if loopback && https => good(
            words::check::WEB,
            words::check::web_behind(&config.web.public_url),
        ),
        (None, None) if loopback => good(
            words::check::WEB,
            words::check::web_here(&config.web.public_url),
        ),
        (None, None) => bad(words::check::WEB, words::check::PLAIN_WEB),
        (Some(_), None) | (None, Some(_)) => bad(words::check::WEB, words::check::HALF_TLS),
    }
}

fn plan(plan: &Plan, now: i64) -> Item {
    let zone = words::time::zone(&plan.zone);
    let root = plan
        .units
        .iter()
        .find(|unit| unit.parent.is_none())
        .map_or("", |unit| unit.code.as_str());
    let intake = deadline::in_force(plan, What::Intake, root, Some("email"));
    let say = words::check::plan(
        plan.units.len() as i64,
        plan.mailboxes.len() as i64,
        plan.rounds.len() as i64,
    );
    match intake {
        None => careful(
            words::check::PLAN,
            format!("“{}”: {say} {}", plan.title, words::check::NO_DEADLINE),
        ),
        Some(deadline) if deadline.until <= now => {
            let over = words::check::over(&words::time::instant(deadline.until, &zone));
            careful(
                words::check::PLAN,
                format!("“{}”: {say} {over}", plan.title),
            )
        }
        Some(deadline) => good(
            words::check::PLAN,
            format!(
                "“{}”: {say} {}",
                plan.title,
                words::check::until(&deadline.phrase)
            ),
        ),
    }
}

/// Whether servers vouch for senders, on which it hangs when a newer version replaces an older one by itself.
fn senders(ctx: &Ctx, plans: &[Plan]) -> Item {
    let addresses = plans
        .iter()
        .flat_map(|plan| &plan.mailboxes)
        .map(|mailbox| mailbox.address.as_str());
    let unasked: Vec<&str> = addresses
        .filter(|address| {
            let imap = ctx.config.imap_for(address);
            imap.is_some_and(|imap| imap.trusted_authserv.is_none())
        })
        .collect();
    // Safe without: then fewer versions replace others by themselves.
    good(words::check::SENDERS, words::check::senders(&unasked))
}

fn alarm(config: &Config) -> Item {
    if config.alarm.to.is_empty() {
        return careful(words::check::ALARM, words::check::NO_ALARM);
    }
    good(words::check::ALARM, words::check::alarm(&config.alarm.to))
}
