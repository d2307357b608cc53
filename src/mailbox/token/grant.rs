//! What a provider is asked for tokens (RFC 6749 §4.1.3, §6; RFC 8628 §3.4), and how its answers are read.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::Client;
use super::Error;
use super::http;
use super::http::Answer;
use crate::mailbox::Secret;

/// The life of an access token of which the provider does not say it, seconds.
const UNSAID: i64 = 3600;
/// Seconds between two questions when the provider does not say it (RFC 8628 §3.2).
const INTERVAL: u64 = 5;

/// Tokens that were given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub access: Secret,
    /// The next refresh token; none: the one that was shown stays good.
    pub refresh: Option<Secret>,
    /// Seconds.
    pub expires_in: i64,
}

/// What a person is shown in a login by code.
#[derive(Clone, Debug)]
pub struct Device {
    pub user_code: String,
    pub address: String,
    /// How long the code is good.
    pub lasts: Duration,
    interval: Duration,
    code: Secret,
}

/// How far a login by code is.
#[derive(Debug)]
pub enum Progress {
    Granted(Granted),
    /// Nobody has agreed yet; ask again after this.
    Wait(Duration),
}

/// A provider's answer in either sense.
#[derive(Deserialize)]
struct Reply {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    error: Option<String>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct DeviceReply {
    device_code: String,
    user_code: String,
    // The first drafts called it otherwise, and so do some providers.
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: u64,
    interval: Option<u64>,
}

/// A new access token for the refresh token.
pub(super) async fn refresh(client: &Client, refresh: &Secret) -> Result<Granted, Error> {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.reveal()),
    ];
    granted(ask(client, &fields).await?)
}

/// The tokens for a code that the browser brought (RFC 7636 §4.5).
pub(super) async fn redeem(
    client: &Client,
    code: &Secret,
    verifier: &Secret,
    redirect: &str,
) -> Result<Granted, Error> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.reveal()),
        ("code_verifier", verifier.reveal()),
        ("redirect_uri", redirect),
    ];
    granted(ask(client, &fields).await?)
}

/// Begins a login by code on another device.
pub(super) async fn begin(client: &Client) -> Result<Device, Error> {
    let Some(door) = &client.provider.device else {
        return Err(Error::Client("it has no login by code".into()));
    };
    let scopes = client.provider.scopes.join(" ");
    let fields = [("client_id", client.id.as_str()), ("scope", &scopes)];
    let answer = http::post(door, &fields, client.ca_file.as_deref()).await?;
    if answer.status != 200 {
        return Err(refusal(&answer).1);
    }
    let reply: DeviceReply =
        serde_json::from_slice(&answer.body).map_err(|_| unreadable(answer.status))?;
    Ok(Device {
        user_code: reply.user_code,
        address: reply.verification_uri,
        lasts: Duration::from_secs(reply.expires_in),
        interval: Duration::from_secs(reply.interval.unwrap_or(INTERVAL)),
        code: Secret::new(reply.device_code),
    })
}

impl Device {
    /// How long to wait before the first question.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// Asks whether the person has agreed.
    pub(super) async fn ask(&mut self, client: &Client) -> Result<Progress, Error> {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", self.code.reveal()),
        ];
        let answer = ask(client, &fields).await?;
        if answer.status == 200 {
            return granted(answer).map(Progress::Granted);
        }
        let (code, error) = refusal(&answer);
        match (code.as_str(), error) {
            ("authorization_pending", _) => Ok(Progress::Wait(self.interval)),
            ("slow_down", _) => {
                self.interval += Duration::from_secs(5);
                Ok(Progress::Wait(self.interval))
            }
            (_, error) => Err(error),
        }
    }
}

/// One question at the door of tokens.
async fn ask(client: &Client, fields: &[(&str, &str)]) -> Result<Answer, Error> {
    let mut all = fields.to_vec();
    all.push(("client_id", &client.id));
    if let Some(secret) = &client.secret {
        all.push(("client_secret", secret.reveal()));
    }
    http::post(&client.provider.token, &all, client.ca_file.as_deref()).await
}

fn granted(answer: Answer) -> Result<Granted, Error> {
    if answer.status != 200 {
        return Err(refusal(&answer).1);
    }
    let reply: Reply =
        serde_json::from_slice(&answer.body).map_err(|_| unreadable(answer.status))?;
    let access = reply.access_token.filter(|token| is_token(token));
    let expires_in = match reply.expires_in {
        Some(Value::Number(seconds)) => seconds.as_i64(),
        Some(Value::String(seconds)) => seconds.parse().ok(),
        _ => None,
    };
    Ok(Granted {
        access: Secret::new(access.ok_or_else(|| unreadable(answer.status))?),
        refresh: reply
            .refresh_token
            .filter(|token| !token.is_empty())
            .map(Secret::new),
        expires_in: expires_in.unwrap_or(UNSAID).max(0),
    })
}

/// What may stand in a login (RFC 6750 §2.1): nothing that could end a line or a field.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The code of a refusal, and what it means to us (RFC 6749 §5.2, RFC 8628 §3.5, and the words of Microsoft).
fn refusal(answer: &Answer) -> (String, Error) {
    let reply: Option<Reply> = serde_json::from_slice(&answer.body).ok();
    let (error, description) = reply
        .map(|reply| (reply.error, reply.error_description))
        .unwrap_or_default();
    let Some(code) = error.map(|error| plain(&error)) else {
        return (String::new(), unreadable(answer.status));
    };
    let said = match description.as_deref().and_then(microsoft_number) {
        Some(number) => format!("{code} ({number})"),
        None => code.clone(),
    };
    let error = match code.as_str() {
        "invalid_grant"
        | "interaction_required"
        | "consent_required"
        | "login_required"
        | "access_denied"
        | "expired_token" => Error::Login(said),
        "invalid_client"
        | "unauthorized_client"
        | "invalid_scope"
        | "invalid_request"
        | "unsupported_grant_type"
        | "admin_policy_enforced"
        | "org_internal" => Error::Client(said),
        _ => Error::Again(format!("{said}, status {}", answer.status)),
    };
    (code, error)
}

/// A provider's code for a log: it is made of such letters only, and short.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(|c| c.is_ascii_lowercase() || *c == '_');
    letters.take(40).collect()
}

/// "AADSTS700082": says more than the code, and names nobody.
fn microsoft_number(description: &str) -> Option<String> {
    let (_, rest) = description.split_once("AADSTS")?;
    let digits: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(10)
        .collect();
    Some(format!("AADSTS{digits}"))
}

fn unreadable(status: u16) -> Error {
    Error::Again(format!("an answer that cannot be read, status {status}"))
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;

    use super::Answer;
    use super::Error;
    use super::granted;

    fn read(status: u16, body: &'static str) -> Result<super::Granted, Error> {
        let body = Bytes::from_static(body.as_bytes());
        granted(Answer { status, body })
    }

    #[test]
    fn tokens_are_read_as_providers_write_them() {
        let whole = read(
            200,
            r#"{"access_token":"A1","expires_in":"3599","refresh_token":"R1","token_type":"Bearer","more":[1]}"#,
        )
        .unwrap();
        assert_eq!(whole.access.reveal(), "A1");
        assert_eq!(whole.refresh.unwrap().reveal(), "R1");
        assert_eq!(whole.expires_in, 3599);
        let short = read(200, r#"{"access_token":"A1","expires_in":60}"#).unwrap();
        assert_eq!((short.refresh, short.expires_in), (None, 60));
    }

    #[test]
    fn an_answer_that_is_none_is_tried_again_and_never_quoted() {
        for (status, body) in [
            (200, "<html>mat-khau"),
            (200, r#"{"access_token":""}"#),
            (200, "{\"access_token\":\"A\\r\\nP9 DELETE x\"}"),
            (502, "<html>mat-khau"),
            (503, r#"{"error":"temporarily_unavailable"}"#),
            (429, r#"{"error":"slow_down"}"#),
        ] {
            let Err(Error::Again(why)) = read(status, body) else {
                panic!("{body}");
            };
            assert!(!why.contains("mat-khau") && !why.contains('A'), "{why}");
        }
    }

    #[test]
    fn what_a_person_must_mend_is_told_apart() {
        let over = r#"{"error":"invalid_grant","error_description":"AADSTS700082: of an@so.test expired. Trace ID: 1"}"#;
        let Err(Error::Login(why)) = read(400, over) else {
            panic!("a login that is over");
        };
        assert_eq!(why, "invalid_grant (AADSTS700082)");
        let client = read(401, r#"{"error":"invalid_client"}"#);
        assert!(matches!(client, Err(Error::Client(_))), "{client:?}");
    }
}
