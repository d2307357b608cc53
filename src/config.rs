//! Settings of the installation: where data lies, how to log in to mailboxes and relays, how the web is reached.
//!
//! Read from `config/phach.toml` (or `--config`, `PHACH_CONFIG`), which lists every setting with its default.
//! What differs from contest to contest is not here but in the plan. Secrets come from files or the
//! environment, never from the command line, and are never logged.

mod oauth;

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::mailbox::Security;

pub use oauth::Kind;
pub use oauth::Oauth;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of blobs, the SQLite file, the lock and the search index.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; default: `phach.db` in `data`. `PHACH_DATABASE` goes before it.
    pub database: Option<String>,
    #[serde(default)]
    pub web: Web,
    #[serde(default)]
    pub intake: Intake,
    #[serde(default)]
    pub outbox: Outbox,
    #[serde(default)]
    pub worker: Worker,
    #[serde(default)]
    pub alarm: Alarm,
    /// How to log in to mailboxes.
    #[serde(default)]
    pub imap: Vec<Imap>,
    /// How this installation is known to providers of logins by token.
    #[serde(default)]
    pub oauth: Vec<Oauth>,
    /// Where letters go out, tried in this order.
    #[serde(default)]
    pub relay: Vec<RelaySettings>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    pub listen: String,
    /// What stands in letters and cookies; https unless on loopback.
    pub public_url: String,
    /// PEM files; both or none. Without them plain http, on loopback only (or behind a proxy on this machine).
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub session_hours: i64,
    /// A file with the token that a monitor brings to `/metrics`; without it nobody sees figures there.
    pub metrics_token_file: Option<String>,
}

impl Default for Web {
    fn default() -> Web {
        Web {
            listen: "127.0.0.1:8080".into(),
            public_url: "http://127.0.0.1:8080".into(),
            tls_cert: None,
            tls_key: None,
            session_hours: 12,
            metrics_token_file: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intake {
    /// Seconds between two looks into a mailbox.
    pub poll_seconds: u64,
    /// A mailbox without a complete list for so long raises the alarm.
    pub alarm_seconds: i64,
    /// Larger mails stay on the server and become a matter.
    pub max_mail_mib: u64,
    pub mode: Mode,
    /// The folder for `mode = "move"`.
    pub move_to: String,
    /// A package of which no further part came for so many seconds is answered with what is missing.
    pub missing_seconds: i64,
}

impl Default for Intake {
    fn default() -> Intake {
        Intake {
            poll_seconds: 45,
            alarm_seconds: 300,
            max_mail_mib: 100,
            mode: Mode::Flag,
            move_to: "phach".into(),
            missing_seconds: 600,
        }
    }
}

/// What happens to a mail on the server after it is on our disk. Never deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Untouched,
    Flag,
    Move,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// At most so many receipts to one address in 24 hours; then silence and a matter (RFC 3834 §2).
    pub per_address_a_day: i64,
    /// The largest mail of a package of entries, MiB: below what the servers on the way take (Gmail 25 MB, R001-24).
    pub part_mib: f64,
    /// Seconds in which a released package can be taken back.
    pub undo_seconds: i64,
    /// Of a letter that a relay never answered about: so many seconds it is looked for before it is sent again or a
    /// person is asked.
    pub look_seconds: i64,
    /// A relay that was away for so many seconds hands its letters on to the next one for their sender, those excepted
    /// that it may have taken.
    pub overflow_seconds: i64,
}

impl Outbox {
    /// The largest mail of a package, bytes.
    pub fn part_bytes(&self) -> u64 {
        // A negative or absurd setting becomes the nearest sound one.
        (self.part_mib * f64::from(1 << 20)).clamp(1_024.0, 1e12) as u64
    }
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox {
            per_address_a_day: 20,
            part_mib: 15.0,
            undo_seconds: 60,
            look_seconds: 600,
            overflow_seconds: 900,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Worker {
    /// Processes that parse strangers' bytes.
    pub children: usize,
    /// Address space of each, MiB.
    pub memory_mib: u64,
    /// Seconds for one mail or file.
    pub seconds: u64,
}

impl Default for Worker {
    fn default() -> Worker {
        Worker {
            children: 2,
            memory_mib: 1024,
            seconds: 30,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alarm {
    /// Who is told when a mailbox fails: addresses outside the failing server, if possible.
    pub to: Vec<String>,
    /// Sender of alarms and login letters.
    pub from: Option<String>,
}

/// How to log in to the mailboxes whose address fits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Addresses, or `*@domain` for all of a domain.
    pub addresses: Vec<String>,
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Default: the address. `{address}` is filled in.
    pub user: Option<String>,
    /// File with the password in its first line; `{address}` is filled in; relative to the settings file.
    pub password_file: Option<String>,
    /// Or the name of an environment variable.
    pub password_env: Option<String>,
    /// Or the name of an `[[oauth]]`: a login by token, made with `phach mailbox login`.
    pub oauth: Option<String>,
    #[serde(default = "default_folder")]
    pub folder: String,
    /// The folder in which the provider keeps what a relay took from this mailbox's address (Gmail:
    /// "[Gmail]/Sent Mail"); none: it keeps nothing.
    pub sent_folder: Option<String>,
    /// PEM of a private certificate authority.
    pub ca_file: Option<PathBuf>,
    /// The authserv-id (RFC 8601) under which this server writes what it found out about senders. None: nobody's word
    /// counts, and a newer version replaces an older one by itself only as a reply to its receipt.
    pub trusted_authserv: Option<String>,
}

/// A server that takes our letters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySettings {
    pub name: String,
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: Option<String>,
    pub password_file: Option<String>,
    pub password_env: Option<String>,
    /// The name of an `[[oauth]]`, in place of a password.
    pub oauth: Option<String>,
    pub ca_file: Option<PathBuf>,
    /// Only for letters from these addresses (or `*@domain`); empty: all.
    #[serde(default)]
    pub senders: Vec<String>,
    /// Letters in 24 hours (free Gmail about 500, Workspace 2,000); none: no limit known.
    pub per_day: Option<i64>,
    /// A copy of each letter that answers a mail goes to the mailbox it is sent from, as a proof that it went. The
    /// relay counts it as a letter.
    #[serde(default)]
    pub bcc_self: bool,
}

impl RelaySettings {
    /// How many letters of ours it may take in 24 hours; none: no limit known.
    pub fn letters_a_day(&self) -> Option<i64> {
        let each = if self.bcc_self { 2 } else { 1 };
        Some(self.per_day? / each)
    }
}

impl Imap {
    /// Who logs in to the mailbox with this address.
    pub fn user_of(&self, address: &str) -> String {
        let user = self.user.as_deref().unwrap_or("{address}");
        user.replace("{address}", address)
    }
}

fn default_data() -> PathBuf {
    PathBuf::from("var")
}

fn default_folder() -> String {
    "INBOX".into()
}

/// The settings cannot be used; the sentence (Vietnamese) says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadConfig(pub String);

impl Config {
    /// Reads a settings file. Relative paths in it are meant from its folder.
    pub fn read(path: &Path) -> Result<Config, BadConfig> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| BadConfig(crate::words::settings::unreadable(path, &error)))?;
        let mut config: Config = toml::from_str(&text)
            .map_err(|error| BadConfig(crate::words::settings::malformed(path, &error)))?;
        let base = path.parent().unwrap_or(Path::new("."));
        let from_base = |path: &mut PathBuf| {
            if path.is_relative() {
                *path = base.join(&*path);
            }
        };
        from_base(&mut config.data);
        config.web.tls_cert.iter_mut().for_each(from_base);
        config.web.tls_key.iter_mut().for_each(from_base);
        config
            .imap
            .iter_mut()
            .filter_map(|imap| imap.ca_file.as_mut())
            .for_each(from_base);
        config
            .relay
            .iter_mut()
            .filter_map(|relay| relay.ca_file.as_mut())
            .for_each(from_base);
        let file = |name: &mut String| {
            if Path::new(&*name).is_relative() {
                *name = base.join(&*name).to_string_lossy().into_owned();
            }
        };
        config
            .imap
            .iter_mut()
            .filter_map(|imap| imap.password_file.as_mut())
            .for_each(file);
        config
            .relay
            .iter_mut()
            .filter_map(|relay| relay.password_file.as_mut())
            .for_each(file);
        config.web.metrics_token_file.iter_mut().for_each(file);
        config.resolve_oauth(base);
        if let Ok(url) = std::env::var("PHACH_DATABASE") {
            config.database = Some(url);
        }
        Ok(config)
    }

    /// The address of the database.
    pub fn database_url(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data.join("phach.db").display()))
    }

    /// How to log in to the mailbox with this address, if the settings say.
    pub fn imap_for(&self, address: &str) -> Option<&Imap> {
        self.imap
            .iter()
            .find(|imap| imap.addresses.iter().any(|pattern| fits(pattern, address)))
    }

    /// The relays that take letters from this sender, in order.
    pub fn relays_for<'a>(&'a self, sender: &str) -> impl Iterator<Item = &'a RelaySettings> {
        self.relay.iter().filter(move |relay| {
            relay.senders.is_empty() || relay.senders.iter().any(|pattern| fits(pattern, sender))
        })
    }
}

/// Whether an address fits `a@b` or `*@b`.
fn fits(pattern: &str, address: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(domain) => address.to_lowercase().ends_with(&domain.to_lowercase()),
        None => pattern.eq_ignore_ascii_case(address),
    }
}

/// A password from its file or variable; `{address}` in the file's name is filled in.
pub fn password(
    file: Option<&str>,
    variable: Option<&str>,
    address: &str,
) -> Result<Option<String>, BadConfig> {
    if let Some(name) = variable {
        return std::env::var(name)
            .map(Some)
            .map_err(|_| BadConfig(crate::words::settings::no_variable(name)));
    }
    let Some(file) = file else { return Ok(None) };
    let path = PathBuf::from(file.replace("{address}", address));
    let text = std::fs::read_to_string(&path)
        .map_err(|error| BadConfig(crate::words::settings::unreadable(&path, &error)))?;
    Ok(Some(text.lines().next().unwrap_or("").trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Config;
    use super::fits;

    #[test]
    fn the_shipped_settings_are_the_defaults() {
        let shipped: Config = toml::from_str(include_str!("../config/phach.toml")).unwrap();
        let empty: Config = toml::from_str("").unwrap();
        assert_eq!(
            format!("{:?}", shipped.intake),
            format!("{:?}", empty.intake)
        );
        assert_eq!(format!("{:?}", shipped.web), format!("{:?}", empty.web));
        assert_eq!(
            format!("{:?}", shipped.outbox),
            format!("{:?}", empty.outbox)
        );
        assert_eq!(
            format!("{:?}", shipped.worker),
            format!("{:?}", empty.worker)
        );
        assert_eq!(format!("{:?}", shipped.alarm), format!("{:?}", empty.alarm));
    }

    #[test]
    fn the_commented_settings_are_understood() {
        let text: String = include_str!("../config/phach.toml")
            .lines()
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|line| line.starts_with('[') || line.contains(" = "))
                    .unwrap_or(line)
            })
            .collect::<Vec<_>>()
            .join("\n");
        // `to = []` and the sentences stay comments; every setting in them must be one we know.
        let config: Config = toml::from_str(&text).unwrap();
        assert_eq!(config.imap.len(), 1);
        assert_eq!(config.relay.len(), 1);
        assert_eq!(config.oauth.len(), 2);
    }

    #[test]
    fn one_block_may_serve_a_whole_domain() {
        let check = |pattern: &str, address: &str, want: bool| {
            assert_eq!(fits(pattern, address), want, "{pattern} {address}")
        };
        check("*@duthi.example", "HoanKiem@duthi.example", true);
        check("*@duthi.example", "a@other.example", false);
        check("a@b.example", "A@b.example", true);
        check("*@b.example", "a@xb.example", false);
    }
}
