//! One question to a provider over HTTP: a form goes out, a short answer comes back. TLS as to every other server; plain
//! text only to this machine. No redirects, no cookies.

use std::path::Path;
use std::time::Duration;

use http_body_util::BodyExt as _;
use http_body_util::Full;
use http_body_util::Limited;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use url::Url;
use url::form_urlencoded;

use super::Error;
use crate::mailbox::tls;
use crate::mailbox::tls::Security;

/// For the connection, and again for the handshake.
const CONNECT: Duration = Duration::from_secs(15);
/// From the question to the end of the answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Longest answer, bytes; the longest tokens have a few thousand.
const LARGEST: usize = 256 << 10;

pub(super) struct Answer {
    pub status: u16,
    pub body: Bytes,
}

/// Sends a form and reads the answer, whatever its status.
pub(super) async fn post(
    door: &Url,
    fields: &[(&str, &str)],
    ca_file: Option<&Path>,
) -> Result<Answer, Error> {
    let security = match door.scheme() {
        "https" => Security::Tls,
        "http" => Security::Plain,
        _ => {
            return Err(Error::Client(
                "its address is neither https nor http".into(),
            ));
        }
    };
    let (Some(host), Some(port)) = (door.host_str(), door.port_or_known_default()) else {
        return Err(Error::Client("its address names no host".into()));
    };
    let wire = tls::dial(host, port, security, ca_file, CONNECT).await?;
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let named = match door.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let request = Request::post(&door[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, named)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form)))
        .map_err(|_| Error::Client("its address cannot be asked".into()))?;
    let asked = async {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(wire)).await?;
        // Ends with the sender, or with the connection.
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await?.into_parts();
        Ok::<_, hyper::Error>((
            head.status.as_u16(),
            Limited::new(body, LARGEST).collect().await,
        ))
    };
    match timeout(ANSWER, asked).await {
        Ok(Ok((status, Ok(body)))) => Ok(Answer {
            status,
            body: body.to_bytes(),
        }),
        Ok(Ok((_, Err(_)))) => Err(Error::Again("the answer broke off or is too long".into())),
        // Its text may quote the answer.
        Ok(Err(_)) => Err(Error::Again("the connection was lost".into())),
        Err(_) => Err(Error::Again(format!(
            "no answer within {} s",
            ANSWER.as_secs()
        ))),
    }
}
