//! Logging in without a password: a mailed link that works once, or the six digits in the same letter.
//!
//! The link only opens a page; its button uses it up, because mail scanners open every link. What the pages
//! say never tells whether an address is known.

use askama::Template;
use axum::extract::Query;
use axum::extract::State as Held;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::AppendHeaders;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use serde::Deserialize;

use super::State;
use super::error::Error;
use super::error::Result;
use super::session;
use super::session::Fields;
use super::session::Person;
use super::session::Posted;
use crate::clock;
use crate::db;
use crate::db::Db;
use crate::db::account::Account;
use crate::db::job::JobKind;
use crate::db::letter::LetterKind;
use crate::db::letter::NewLetter;
use crate::letter;
use crate::letter::login::Login;
use crate::letter::mime::Author;
use crate::letter::mime::Draft;
use crate::words;

/// How long link and code work, ms.
const LIFE: i64 = 15 * 60_000;
/// Logins an account may ask for in that time.
const ASKS: i64 = 5;
/// Tries at one code.
const TRIES: i64 = 5;

#[derive(Template)]
#[template(path = "web/login.html")]
struct AskPage<'a> {
    problem: &'a str,
}

#[derive(Template)]
#[template(path = "web/login_code.html")]
struct CodePage<'a> {
    email: &'a str,
    problem: &'a str,
}

#[derive(Template)]
#[template(path = "web/login_link.html")]
struct LinkPage<'a> {
    token: &'a str,
}

pub async fn form() -> Result<Html<String>> {
    Ok(Html(AskPage { problem: "" }.render()?))
}

/// Sends a letter if the address is known; the page is the same either way.
pub async fn ask(Held(state): Held<State>, fields: Fields) -> Result<Html<String>> {
    let email = fields.text("email").to_lowercase();
    let now = clock::now();
    if let Some(account) = db::account::by_email(&state.db, &email).await? {
        let lately = db::account::tokens_since(&state.db, account.id, now - LIFE, now).await?;
        if lately < ASKS {
            mail(&state, &account, now).await?;
        }
    }
    let page = CodePage {
        email: &email,
        problem: "",
    };
    Ok(Html(page.render()?))
}

pub async fn by_code(
    Held(state): Held<State>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response> {
    let email = fields.text("email").to_lowercase();
    let code: String = fields
        .text("code")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    match account_of_code(&state.db, &email, &code, clock::now()).await? {
        Some(account) => enter(&state, &headers, account).await,
        None => {
            let page = CodePage {
                email: &email,
                problem: words::refusal::CODE_WRONG,
            };
            Ok((StatusCode::FORBIDDEN, Html(page.render()?)).into_response())
        }
    }
}

/// The account of an address when this is its newest code. Every call counts as a try.
async fn account_of_code(db: &Db, email: &str, code: &str, now: i64) -> Result<Option<i64>> {
    let Some(account) = db::account::by_email(db, email).await? else {
        return Ok(None);
    };
    let mut tx = db.begin().await?;
    let token = db::account::try_code(&mut tx, account.id, now).await?;
    let right = token
        .filter(|token| token.tries <= TRIES && token.code_hash == code_hash(account.id, code));
    if let Some(token) = &right {
        db::account::used(&mut tx, token.id, now).await?;
    }
    // A wrong code is written down too.
    tx.commit().await?;
    Ok(right.map(|_| account.id))
}

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    t: String,
}

/// The page behind the link: one button.
pub async fn confirm(Query(link): Query<Link>) -> Result<Html<String>> {
    Ok(Html(LinkPage { token: &link.t }.render()?))
}

pub async fn by_link(
    Held(state): Held<State>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response> {
    let mut tx = state.db.begin().await?;
    let hash = session::hashed(fields.text("t"));
    let account = db::account::use_token(&mut tx, &hash, clock::now()).await?;
    tx.commit().await?;
    match account {
        Some(account) => enter(&state, &headers, account).await,
        None => {
            let page = AskPage {
                problem: words::refusal::LINK_USED,
            };
            Ok((StatusCode::FORBIDDEN, Html(page.render()?)).into_response())
        }
    }
}

pub async fn out(
    Held(state): Held<State>,
    headers: HeaderMap,
    _posted: Posted<Person>,
) -> Result<Response> {
    let cookie = session::end(&state, &headers).await?;
    Ok((
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to("/dang-nhap"),
    )
        .into_response())
}

async fn enter(state: &State, headers: &HeaderMap, account: i64) -> Result<Response> {
    // A disabled account has no session, whatever token it held.
    match db::account::get(&state.db, account).await {
        Ok(_) => {}
        Err(db::Error::Missing) => return Err(Error::Stranger),
        Err(error) => return Err(error.into()),
    }
    let cookie = session::begin(state, headers, account).await?;
    Ok((
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to("/"),
    )
        .into_response())
}

/// A login made ready: secrets that are stored only as hashes.
struct Issued {
    id: i64,
    token: String,
    code: String,
}

async fn issue(tx: &mut db::Tx, account: i64, now: i64) -> db::Result<Issued> {
    // The random source of the operating system does not fail after boot; if it does, nobody logs in.
    let token = session::secret().ok_or(db::Error::Missing)?;
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|_| db::Error::Missing)?;
    let code = format!("{:06}", u64::from_le_bytes(random) % 1_000_000);
    let id = db::account::put_token(
        tx,
        account,
        &session::hashed(&token),
        &code_hash(account, &code),
        now,
        now + LIFE,
    )
    .await?;
    Ok(Issued { id, token, code })
}

fn code_hash(account: i64, code: &str) -> String {
    session::hashed(&format!("{account}:{code}"))
}

/// A six-digit code for an administrator to hand over when mail is down; `None` when nobody has this address.
pub async fn issue_code(db: &Db, email: &str, now: i64) -> db::Result<Option<String>> {
    let Some(account) = db::account::by_email(db, &email.to_lowercase()).await? else {
        return Ok(None);
    };
    let mut tx = db.begin().await?;
    let issued = issue(&mut tx, account.id, now).await?;
    tx.commit().await?;
    Ok(Some(issued.code))
}

/// A login link to print instead of mailing it; `None` when nobody has this address.
pub async fn login_link(
    db: &Db,
    public_url: &str,
    email: &str,
    now: i64,
) -> db::Result<Option<String>> {
    let Some(account) = db::account::by_email(db, &email.to_lowercase()).await? else {
        return Ok(None);
    };
    let mut tx = db.begin().await?;
    let issued = issue(&mut tx, account.id, now).await?;
    tx.commit().await?;
    Ok(Some(address(public_url, &issued.token)))
}

fn address(public_url: &str, token: &str) -> String {
    format!("{}/vao?t={token}", public_url.trim_end_matches('/'))
}

/// Queues the login letter in the transaction of its token.
async fn mail(state: &State, account: &Account, now: i64) -> Result<()> {
    let mut tx = state.db.begin().await?;
    let Some((contest, unit)) = db::desk::home(&mut tx, account.id).await? else {
        return Ok(());
    };
    let standing = state.standing(contest).await?;
    let sender = state.config.alarm.from.clone().or_else(|| {
        standing
            .plan
            .mailboxes
            .first()
            .map(|mailbox| mailbox.address.clone())
    });
    let Some(sender) = sender else {
        tracing::warn!("no sender for login letters: set from in [alarm]");
        return Ok(());
    };
    let issued = issue(&mut tx, account.id, now).await?;
    let login = Login {
        name: account.name.clone(),
        contest: standing.plan.title.clone(),
        link: address(&state.config.web.public_url, &issued.token),
        code: issued.code,
    };
    let key = format!("login/{}", issued.id);
    let composed = letter::mime::compose(&Draft {
        from_name: crate::words::mailbox::SENDER,
        from: &sender,
        to: &account.email,
        subject: words::letter::LOGIN_SUBJECT,
        key: &key,
        at: now,
        in_reply_to: None,
        references: &[],
        author: Author::Machine,
        text: &login.text()?,
        html: &login.html()?,
        attachments: &[],
        headers: &[],
    });
    let composed = match composed {
        Ok(composed) => composed,
        Err(error) => {
            tracing::warn!(%error, "a login letter could not be composed");
            return Ok(());
        }
    };
    let letter = NewLetter {
        contest,
        unit,
        key: &key,
        rfc_id: &composed.rfc_id,
        kind: LetterKind::Login,
        recipient: &account.email,
        null_path: true,
        sender: &sender,
        subject: words::letter::LOGIN_SUBJECT,
        mime: &composed.mime,
        message: None,
        not_before: now,
    };
    if let Some(id) = db::letter::queue(&mut tx, &letter, now).await? {
        let priority = LetterKind::Login.priority();
        db::job::put(&mut tx, JobKind::Send, id, priority, now).await?;
    }
    tx.commit().await?;
    Ok(())
}
