//! A login in the browser: authorisation code with PKCE (RFC 7636), sent back to a port of this machine (RFC 8252 §7.3)
//! or, when the browser is elsewhere, brought by hand.

use std::net::Ipv4Addr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;
use sha2::Sha256;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::Client;
use super::Error;
use super::grant;
use super::grant::Granted;
use crate::mailbox::Secret;

/// Longest head of a browser's request, bytes.
const HEAD: usize = 16 << 10;
/// How long a browser may take to say it.
const READ: Duration = Duration::from_secs(10);

/// A login that waits for the browser.
pub struct Waiting {
    /// What the person opens.
    pub address: Url,
    listener: TcpListener,
    redirect: String,
    state: String,
    verifier: Secret,
}

/// What an address that the browser was sent back to says.
#[derive(Debug, PartialEq, Eq)]
pub enum Brought {
    Code(Secret),
    /// The provider's word for a refusal (`access_denied`).
    Refused(String),
    /// Nothing of this login.
    Nothing,
}

impl Waiting {
    /// Opens a port for the browser and makes the address for the person.
    pub async fn begin(client: &Client, user: &str) -> Result<Waiting, Error> {
        let Some(door) = &client.provider.authorization else {
            return Err(Error::Client("it has no login in the browser".into()));
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(Error::Keep)?;
        let port = listener.local_addr().map_err(Error::Keep)?.port();
        let redirect = format!("http://{}:{port}/", client.provider.redirect_host);
        let (state, verifier) = (random()?, Secret::new(random()?));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.reveal()));
        let mut address = door.clone();
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", &client.provider.scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("login_hint", user)
            .extend_pairs(&client.provider.extra);
        Ok(Waiting {
            address,
            listener,
            redirect,
            state,
            verifier,
        })
    }

    /// Waits until the browser of this machine brings something of this login; it is shown `page`.
    pub async fn browser(&self, page: &str) -> Result<Brought, Error> {
        loop {
            let (mut stream, _) = self.listener.accept().await.map_err(Error::Keep)?;
            let Ok(Some(asked)) = timeout(READ, target(&mut stream)).await else {
                continue;
            };
            let brought = self.read(&asked);
            let (status, text) = match brought {
                Brought::Nothing => ("404 Not Found", ""),
                Brought::Code(_) | Brought::Refused(_) => ("200 OK", page),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
                 Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{text}",
                text.len()
            );
            // A browser that is gone has said what matters.
            let _ = timeout(READ, stream.write_all(answer.as_bytes())).await;
            let _ = timeout(READ, stream.shutdown()).await;
            if brought != Brought::Nothing {
                return Ok(brought);
            }
        }
    }

    /// Reads an address the browser was sent back to: a whole one, or what follows its host.
    pub fn read(&self, address: &str) -> Brought {
        let query = address
            .trim()
            .split_once('?')
            .map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let value = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        if value("state").as_ref() != Some(&self.state) {
            return Brought::Nothing;
        }
        match (value("code"), value("error")) {
            (Some(code), None) if !code.is_empty() => Brought::Code(Secret::new(code)),
            (_, Some(error)) => Brought::Refused(crate::mailbox::tls::quiet(&error)),
            (_, None) => Brought::Nothing,
        }
    }

    /// The tokens for the code that was brought.
    pub async fn redeem(&self, client: &Client, code: &Secret) -> Result<Granted, Error> {
        grant::redeem(client, code, &self.verifier, &self.redirect).await
    }
}

/// What a browser asks for: `/?code=…`.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let line = String::from_utf8_lossy(&head);
    let mut words = line.lines().next()?.split(' ');
    (words.next()? == "GET").then(|| words.next().map(str::to_owned))?
}

/// 32 random bytes in 43 letters.
fn random() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Again("no randomness".into()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
