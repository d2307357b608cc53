//! How we reach a server: plain (loopback only), TLS from the first byte, or STARTTLS.
//!
//! Shared by `mailbox` (IMAP) and `outbox` (SMTP). Roots are Mozilla's list, plus the CA of `ca_file`
//! for government servers with a private authority. There is no way to switch verification off.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How the connection is protected. In settings: `tls`, `starttls`, `plain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (IMAP 993, SMTP 465).
    Tls,
    /// A plain greeting, then TLS before anything secret (IMAP 143, SMTP 587). Never continues without TLS.
    StartTls,
    /// No protection. Refused for every address outside loopback.
    Plain,
}

/// A password. Never shown: `Debug` prints `***` and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Secret {
        Secret(secret.into())
    }

    /// The password itself, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Why a server could not be reached. The sentences are for logs.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The network, the name, the handshake: may work later.
    #[error("{0}")]
    Again(String),
    /// The settings cannot work: an unreadable `ca_file`, plain text to a remote host.
    #[error("{0}")]
    GiveUp(String),
}

/// The bytes' way to the server, before or after the handshake.
#[derive(Debug)]
pub enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects and, for [`Security::Tls`], makes the handshake. `StartTls` and `Plain` return a plain wire.
pub async fn dial(
    host: &str,
    port: u16,
    security: Security,
    ca_file: Option<&Path>,
    connect: Duration,
) -> Result<Wire, DialError> {
    let stream = tokio::time::timeout(connect, TcpStream::connect((host, port)))
        .await
        .map_err(|_| DialError::Again(format!("no connection within {} s", connect.as_secs())))?
        .map_err(|error| DialError::Again(format!("cannot connect: {}", error.kind())))?;
    stream.set_nodelay(true).ok();
    match security {
        Security::Plain => {
            let loopback = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
            if !loopback {
                return Err(DialError::GiveUp(
                    "plain text is only allowed to this machine: use tls or starttls".into(),
                ));
            }
            Ok(Wire::Plain(stream))
        }
        Security::StartTls => Ok(Wire::Plain(stream)),
        Security::Tls => encrypt(Wire::Plain(stream), host, ca_file, connect).await,
    }
}

/// The TLS handshake over a plain wire; the certificate must name `host`.
pub async fn encrypt(
    wire: Wire,
    host: &str,
    ca_file: Option<&Path>,
    connect: Duration,
) -> Result<Wire, DialError> {
    let stream = match wire {
        Wire::Plain(stream) => stream,
        Wire::Tls(_) => return Ok(wire),
    };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| DialError::GiveUp("the host is not a name that TLS can check".into()))?;
    let connector = TlsConnector::from(client_config(ca_file)?);
    let stream = tokio::time::timeout(connect, connector.connect(name, stream))
        .await
        .map_err(|_| DialError::Again(format!("no TLS within {} s", connect.as_secs())))?
        .map_err(|error| DialError::Again(format!("TLS failed: {error}")))?;
    Ok(Wire::Tls(Box::new(stream)))
}

/// The client side of TLS: Mozilla's roots, and the certificates of `ca_file` (PEM) if one is given.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, DialError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = ca_file {
        let bad = |why: &str| DialError::GiveUp(format!("ca_file {}: {why}", path.display()));
        let pem = std::fs::read(path).map_err(|error| bad(&error.kind().to_string()))?;
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|_| bad("is not PEM"))?;
            roots
                .add(certificate)
                .map_err(|_| bad("holds a certificate that cannot be used"))?;
            found += 1;
        }
        if found == 0 {
            return Err(bad("holds no certificate"));
        }
    }
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| DialError::GiveUp(format!("TLS cannot start: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(Arc::new(config))
}

/// A server's words for a log: one line, at most 200 characters, e-mail addresses left out.
pub fn quiet(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect();
    words.join(" ").chars().take(200).collect()
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::DialError;
    use super::Secret;
    use super::client_config;
    use super::quiet;

    #[test]
    fn a_password_is_never_shown() {
        let secret = Secret::new("hoa mai");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
        assert_eq!(secret.reveal(), "hoa mai");
    }

    #[test]
    fn a_servers_words_lose_addresses_and_length() {
        let check = |text: &str, expected: &str| assert_eq!(quiet(text), expected, "{text}");
        check(
            "5.1.1 <an@truong.test>: unknown\r\nuser",
            "5.1.1 … unknown user",
        );
        check("  ok ", "ok");
        assert_eq!(quiet(&"ă".repeat(500)).chars().count(), 200);
    }

    #[test]
    fn a_missing_or_empty_ca_file_is_told() {
        let check = |path: &Path| match client_config(Some(path)) {
            Err(DialError::GiveUp(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(check(Path::new("/nonexistent/ca.pem")).contains("ca.pem"));
        let empty = std::env::temp_dir().join(format!("phach-empty-ca-{}", std::process::id()));
        std::fs::write(&empty, "no certificate here").unwrap();
        assert!(check(&empty).contains("no certificate"));
        std::fs::remove_file(&empty).unwrap();
    }
}
