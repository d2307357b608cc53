//! A provider that plays a script on loopback, for tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;

use super::Client;
use super::Kept;
use super::Provider;
use super::Source;
use super::file;
use crate::clock;
use crate::mailbox::Secret;

/// The refresh token that is kept at first.
pub const REFRESH: &str = "refresh-1-mat";

/// Names and values.
type Form = Vec<(String, String)>;

/// One login at a scripted provider. Its folder goes with it.
pub struct Scene {
    pub source: Source,
    folder: PathBuf,
    /// The forms that came, decoded.
    seen: Arc<Mutex<Vec<Form>>>,
}

impl Scene {
    /// A provider that gives these answers, one a question, each after the pause; then it is silent.
    pub async fn play(pause: Duration, answers: Vec<(u16, String)>) -> Scene {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Mutex<Vec<Form>>> = Arc::default();
        let told = Arc::clone(&seen);
        tokio::spawn(async move {
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut asked = Vec::new();
                let form = loop {
                    stream.read_buf(&mut asked).await.unwrap();
                    let text = String::from_utf8_lossy(&asked).to_lowercase();
                    let Some((head, _)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length = head.split("content-length: ").nth(1).unwrap();
                    let length: usize = length.lines().next().unwrap().parse().unwrap();
                    if asked.len() >= head.len() + 4 + length {
                        break asked.split_off(head.len() + 4);
                    }
                };
                let form = url::form_urlencoded::parse(&form).into_owned().collect();
                told.lock().unwrap().push(form);
                tokio::time::sleep(pause).await;
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.ok();
            }
        });
        let folder = std::env::temp_dir().join(format!("phach-token-{}", crate::db::new_id()));
        std::fs::create_dir_all(&folder).unwrap();
        let door = |name: &str| Url::parse(&format!("http://127.0.0.1:{port}/{name}")).unwrap();
        let provider = Provider {
            authorization: Some(door("authorize")),
            device: Some(door("device")),
            scopes: vec!["mail".into(), "offline".into()],
            ..Provider::other(door("token"))
        };
        let source = Source {
            client: Client {
                provider,
                id: "client-1".into(),
                secret: None,
                ca_file: None,
            },
            file: folder.join("tokens").join("thu.json"),
        };
        Scene {
            source,
            folder,
            seen,
        }
    }

    /// Keeps tokens of which the access token lasts so many minutes more.
    pub async fn keep(&self, access: &str, minutes: i64) {
        let now = clock::now();
        let kept = Kept {
            refresh: Secret::new(REFRESH),
            access: Secret::new(access),
            expires_at: now + minutes * 60_000,
            logged_in_at: now - 1_000,
            rotated_at: now - 1_000,
            renewed_at: now - 1_000,
        };
        let turn = file::turn(&self.source.file).await.unwrap().unwrap();
        turn.room().unwrap().keep(&kept).unwrap();
    }

    pub fn kept(&self) -> Kept {
        file::read(&self.source.file).unwrap().unwrap()
    }

    /// A field of each form that came.
    pub fn seen(&self, field: &str) -> Vec<String> {
        let value = |form: &Form| {
            let mut pairs = form.iter().filter(|(name, _)| name == field);
            pairs
                .next()
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        self.seen.lock().unwrap().iter().map(value).collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a provider gives.
pub fn gives(access: &str, refresh: &str) -> (u16, String) {
    let body =
        serde_json::json!({ "access_token": access, "refresh_token": refresh, "expires_in": 3600 });
    (200, body.to_string())
}

pub fn refuses(error: &str) -> (u16, String) {
    (400, serde_json::json!({ "error": error }).to_string())
}
