//! Tries the logins: every mailbox, every relay.

use super::Item;
use super::Level;
use super::bad;
use super::careful;
use super::good;
use crate::contest::Plan;
use crate::db;
use crate::job::Ctx;
use crate::job::budget::ordinary;
use crate::mailbox;
use crate::mailbox::Credential;
use crate::outbox;
use crate::words;

/// What one district took in 2019 (R000-12).
const RECEIPTS: i64 = 13_461;

/// Logs in to every mailbox, all at once.
pub(super) async fn mailboxes(ctx: &Ctx, now: i64) -> db::Result<Vec<Item>> {
    let all = db::mailbox::all(&ctx.db).await?;
    let unset: Vec<&str> = all
        .iter()
        .filter(|mailbox| ctx.config.imap_for(&mailbox.address).is_none())
        .map(|mailbox| mailbox.address.as_str())
        .collect();
    let tried = all
        .iter()
        .filter(|mailbox| ctx.config.imap_for(&mailbox.address).is_some())
        .map(|mailbox| async move {
            let what = words::check::mailbox(&mailbox.address);
            let account = match crate::job::intake::account(&ctx.config, &mailbox.address) {
                Ok(account) => account,
                Err(error) => return bad(what, error.to_string()),
            };
            let age = |item| with_age(item, &account.credential, &mailbox.address, now);
            match mailbox::check(&account).await {
                Ok(facts) => age({
                    let used = facts
                        .quota
                        .filter(|quota| quota.limit_kib > 0)
                        .map(|quota| quota.used_kib * 100 / quota.limit_kib);
                    match used {
                        Some(percent) if percent >= 80 => {
                            careful(what, words::check::mailbox_full(percent))
                        }
                        Some(_) | None => good(
                            what,
                            words::check::mailbox_works(i64::from(facts.selected.exists)),
                        ),
                    }
                }),
                Err(error) => {
                    let trouble = crate::job::receive::Error::from(error)
                        .trouble()
                        .unwrap_or(crate::entry::Trouble::Unreachable);
                    bad(what, words::check::trouble(trouble))
                }
            }
        });
    let mut items = futures::future::join_all(tried).await;
    if !unset.is_empty() {
        items.push(careful(
            words::check::MAILBOXES,
            words::check::unset(&unset),
        ));
    }
    Ok(items)
}

/// Logs in to every relay, and says how long its budget takes for a whole contest's receipts.
pub(super) async fn relays(ctx: &Ctx, plans: &[Plan], now: i64) -> Vec<Item> {
    let mut items = Vec::new();
    if ctx.config.relay.is_empty() {
        items.push(bad(words::check::RELAY, words::check::NO_RELAY));
    }
    for settings in &ctx.config.relay {
        let what = words::check::relay(&settings.name);
        let relay = match crate::job::send::relay(&ctx.config, settings) {
            Ok(relay) => relay,
            Err(error) => {
                items.push(bad(what, error.to_string()));
                continue;
            }
        };
        let tried = match outbox::check(&relay).await {
            Ok(_) => match settings.letters_a_day() {
                Some(per_day) if RECEIPTS > 3 * per_day => careful(what, budget(per_day)),
                Some(_) | None => good(what, words::check::RELAY_WORKS),
            },
            Err(outbox::Error::Login(_)) => {
                let user = relay.login.as_ref().map_or("", |login| login.user.as_str());
                bad(what, words::check::relay_login(user))
            }
            Err(error) => bad(what, words::check::no_relay(&error)),
        };
        items.push(match &relay.login {
            Some(login) => with_age(tried, &login.credential, &login.user, now),
            None => tried,
        });
    }
    for address in plans
        .iter()
        .flat_map(|plan| &plan.mailboxes)
        .map(|mailbox| &mailbox.address)
    {
        let used = ctx.config.imap_for(address).is_some();
        if used && !ctx.config.relay.is_empty() && ctx.config.relays_for(address).next().is_none() {
            items.push(bad(
                words::check::RELAY,
                words::check::no_relay_for(address),
            ));
        }
    }
    items
}

/// How long a budget takes for a whole contest's receipts: all of it, and what is left for receipts.
fn budget(per_day: i64) -> String {
    let days = |a_day: i64| (a_day > 0).then(|| (RECEIPTS + a_day - 1) / a_day);
    match (days(per_day), days(ordinary(per_day))) {
        (Some(all), Some(kept)) => words::check::budget(per_day, RECEIPTS, all, kept),
        _ => words::check::NO_BUDGET.to_owned(),
    }
}

/// Adds how old a login by token is; one that ends before long is something to be careful about.
fn with_age(item: Item, credential: &Credential, address: &str, now: i64) -> Item {
    let Some(standing) = credential.standing(now) else {
        return item;
    };
    let zone = words::time::zone("Asia/Ho_Chi_Minh");
    let moment = |at: i64| words::time::instant(at, &zone);
    let age = words::login::age(&moment(standing.logged_in_at), &moment(standing.renewed_at));
    let mut item = Item {
        say: format!("{} {age}", item.say),
        ..item
    };
    if let Some(at) = standing.ends_at.filter(|_| standing.ends_soon) {
        item.level = item.level.max(Level::Careful);
        item.say = format!("{} {}", item.say, words::login::ends(&moment(at), address));
    }
    item
}
