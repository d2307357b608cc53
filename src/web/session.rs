//! Who looks: the session behind the cookie, the units it may see, and the proof that a form is ours.

use std::sync::Arc;

use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::extract::State as Held;
use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::AppendHeaders;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use sha2::Digest;
use sha2::Sha256;

use super::State;
use super::error::Error;
use super::error::Result;
use crate::clock;
use crate::contest::Plan;
use crate::contest::role::Role;
use crate::db;
use crate::db::account::Account;
use crate::db::contest::Standing;
use crate::db::view::Scope;
use crate::desk::Who;
use crate::text::words::hex;

/// A person at the desk.
pub struct Visitor {
    pub account: Account,
    pub csrf: String,
    pub standing: Arc<Standing>,
    /// What this page may show.
    pub scope: Scope,
    /// The unit whose desk this is.
    pub unit: i64,
    /// The desks this person may open.
    pub desks: Vec<Choice>,
}

/// A desk to choose: one unit (with those below it) of one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub contest: i64,
    pub unit: i64,
    pub name: String,
}

impl Choice {
    pub fn value(&self) -> String {
        format!("{}.{}", self.contest, self.unit)
    }
}

impl Visitor {
    pub fn who(&self) -> Who<'_> {
        Who {
            account: self.account.id,
            units: &self.scope,
        }
    }

    pub fn zone(&self) -> jiff::tz::TimeZone {
        crate::words::time::zone(&self.standing.plan.zone)
    }

    /// The code of the unit whose desk this is.
    pub fn code(&self) -> &str {
        self.standing.code(self.unit).unwrap_or_default()
    }
}

/// Whoever is logged in, whatever their roles.
pub struct Person {
    pub account: Account,
    pub csrf: String,
}

impl FromRequestParts<State> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Person> {
        let token = cookie(&parts.headers, &session_cookie(state)).ok_or(Error::Stranger)?;
        let session = db::account::session(&state.db, &hashed(&token), clock::now())
            .await?
            .ok_or(Error::Stranger)?;
        let account = match db::account::get(&state.db, session.account_id).await {
            Ok(account) => account,
            Err(db::Error::Missing) => return Err(Error::Stranger),
            Err(error) => return Err(error.into()),
        };
        Ok(Person {
            account,
            csrf: session.csrf,
        })
    }
}

/// Whether a role has pages of the jury.
pub fn judges(role: Role) -> bool {
    match role {
        Role::Judge | Role::HeadJudge => true,
        Role::Administrator | Role::Secretary | Role::QuestionAuthor | Role::Monitor => false,
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Visitor> {
        let Person { account, csrf } = Person::from_request_parts(parts, state).await?;
        let desks = desks(state, account.id).await?;
        let chosen = cookie(&parts.headers, &choice_cookie(state));
        let desk = desks
            .iter()
            .find(|desk| Some(desk.value()) == chosen)
            .or(desks.first())
            .cloned();
        let Some(desk) = desk else {
            let grants = db::account::grants(&state.db, account.id).await?;
            return Err(if grants.iter().any(|grant| judges(grant.role)) {
                Error::OnlyJudge
            } else {
                Error::NoRole
            });
        };
        let standing = state.standing(desk.contest).await?;
        let units = below(&standing, desk.unit);
        Ok(Visitor {
            account,
            csrf,
            scope: Scope {
                contest: desk.contest,
                units,
            },
            standing,
            unit: desk.unit,
            desks,
        })
    }
}

/// The desks of an account, widest first: each unit it was given, then the units below that have a mailbox.
async fn desks(state: &State, account: i64) -> Result<Vec<Choice>> {
    let mut desks: Vec<Choice> = Vec::new();
    for grant in db::account::grants(&state.db, account).await? {
        match grant.role {
            Role::Administrator | Role::Secretary => {}
            Role::HeadJudge | Role::Judge | Role::QuestionAuthor | Role::Monitor => continue,
        }
        let standing = state.standing(grant.contest_id).await?;
        let plan = &standing.plan;
        let top = match grant.unit_id {
            Some(unit) => Some(unit),
            None => root(plan).and_then(|code| standing.units.get(code).copied()),
        };
        let Some(top) = top else { continue };
        let mut add = |unit: i64| {
            let choice = Choice {
                contest: grant.contest_id,
                unit,
                name: format!("{} · {}", standing.unit_name(unit), plan.title),
            };
            if !desks.contains(&choice) {
                desks.push(choice);
            }
        };
        add(top);
        let within = below(&standing, top);
        for unit in &plan.units {
            let takes_in = plan
                .mailboxes
                .iter()
                .any(|mailbox| mailbox.unit == unit.code);
            if let Some(id) = standing.units.get(&unit.code).copied()
                && takes_in
                && within.contains(&id)
            {
                add(id);
            }
        }
    }
    Ok(desks)
}

fn root(plan: &Plan) -> Option<&str> {
    plan.units
        .iter()
        .find(|unit| unit.parent.is_none())
        .map(|unit| unit.code.as_str())
}

/// A unit and everything below it.
pub fn below(standing: &Standing, top: i64) -> Vec<i64> {
    let Some(top_code) = standing.code(top) else {
        return Vec::new();
    };
    let plan = &standing.plan;
    if root(plan) == Some(top_code) {
        // Also what an earlier version of the plan named: its entries are still there.
        let mut all: Vec<i64> = standing.units.values().copied().collect();
        all.sort_unstable();
        return all;
    }
    let mut codes = vec![top_code];
    let mut next = 0;
    while let Some(code) = codes.get(next).copied() {
        next += 1;
        for unit in &plan.units {
            if unit.parent.as_deref() == Some(code) && !codes.contains(&unit.code.as_str()) {
                codes.push(&unit.code);
            }
        }
    }
    codes
        .iter()
        .filter_map(|code| standing.units.get(*code).copied())
        .collect()
}

/// A form's fields, in order.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// A field's text, trimmed; empty when it is missing.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    pub fn id(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// Every value of the name, in the order of the form.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.trim())
    }

    pub fn ids(&self, name: &str) -> Vec<i64> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .filter_map(|(_, value)| value.parse().ok())
            .collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Fields> {
        let axum::Form(fields) = axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|_| Error::Forbidden)?;
        Ok(Fields(fields))
    }
}

/// Who may send forms: the token that their session gave them.
pub trait Sender: FromRequestParts<State, Rejection = Error> + Send {
    fn csrf(&self) -> &str;
}

impl Sender for Person {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl Sender for Visitor {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// A form sent by a person who is logged in, with the session's token in it.
pub struct Posted<S = Visitor> {
    pub visitor: S,
    pub fields: Fields,
}

impl<S: Sender> FromRequest<State> for Posted<S> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &State) -> Result<Posted<S>> {
        let (mut parts, body) = request.into_parts();
        let visitor = S::from_request_parts(&mut parts, state).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), state).await?;
        if !same_secret(fields.text("csrf"), visitor.csrf()) {
            return Err(Error::Forbidden);
        }
        Ok(Posted { visitor, fields })
    }
}

/// Refuses what another site makes a browser send (Sec-Fetch-Site, else Origin).
pub async fn same_origin(Held(state): Held<State>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET
        && request.method() != Method::HEAD
        && !ours(request.headers(), &state.config.web.public_url)
    {
        return Error::Forbidden.into_response();
    }
    next.run(request).await
}

fn ours(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN) else {
        // A program without a browser; the token in the form still decides.
        return true;
    };
    let host = text(header::HOST).unwrap_or_default();
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    origin == public_url.trim_end_matches('/') || (!host.is_empty() && authority == host)
}

/// Changes the desk this person looks at.
pub async fn choose(Held(state): Held<State>, posted: Posted) -> Result<Response> {
    let wanted = posted.fields.text("ban");
    let known = posted
        .visitor
        .desks
        .iter()
        .find(|desk| desk.value() == wanted)
        .ok_or(Error::NotFound)?;
    let cookie = set_cookie(&state, &choice_cookie(&state), &known.value());
    Ok((
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to("/"),
    )
        .into_response())
}

/// Begins a session; the one before, if any, ends. Returns the Set-Cookie line.
pub async fn begin(state: &State, headers: &HeaderMap, account: i64) -> Result<String> {
    let now = clock::now();
    let token = secret().ok_or(Error::Broken)?;
    let csrf = secret().ok_or(Error::Broken)?;
    let until = now + state.config.web.session_hours.max(1) * 3_600_000;
    let mut tx = state.db.begin().await?;
    if let Some(old) = cookie(headers, &session_cookie(state)) {
        db::account::end_session(&mut tx, &hashed(&old)).await?;
    }
    db::account::put_session(&mut tx, account, &hashed(&token), &csrf, now, until).await?;
    tx.commit().await?;
    Ok(set_cookie(state, &session_cookie(state), &token))
}

/// Ends the session of this browser. Returns the line that clears the cookie.
pub async fn end(state: &State, headers: &HeaderMap) -> Result<String> {
    let name = session_cookie(state);
    if let Some(token) = cookie(headers, &name) {
        let mut tx = state.db.begin().await?;
        db::account::end_session(&mut tx, &hashed(&token)).await?;
        tx.commit().await?;
    }
    Ok(format!("{}; Max-Age=0", set_cookie(state, &name, "")))
}

fn session_cookie(state: &State) -> String {
    if state.https() {
        "__Host-phach"
    } else {
        "phach"
    }
    .to_owned()
}

fn choice_cookie(state: &State) -> String {
    if state.https() {
        "__Host-phach-ban"
    } else {
        "phach-ban"
    }
    .to_owned()
}

fn set_cookie(state: &State, name: &str, value: &str) -> String {
    let secure = if state.https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// 256 random bits as hexadecimal; `None` when the system has no randomness to give.
pub fn secret() -> Option<String> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).ok()?;
    Some(hex(&random))
}

/// What is stored of a secret.
pub fn hashed(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Compares secrets by their hashes, so that the time it takes tells nothing.
pub fn same_secret(one: &str, other: &str) -> bool {
    Sha256::digest(one.as_bytes()) == Sha256::digest(other.as_bytes())
}
