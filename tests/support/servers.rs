//! Real servers for one test: Postfix in front of Dovecot, and PostgreSQL, each in a folder of its own on
//! loopback ports of its own. Several run side by side; dropping one ends its processes and removes its folder.
//!
//! The work is done by `tests/servers/*.sh`. As an ordinary user the mail servers are started with sudo.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lettre::SmtpTransport;
use lettre::Transport as _;
use lettre::address::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Certificate;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::client::TlsParameters;

use super::imap::RawMail;
use super::imap::Session;
use super::wait;

/// The password of every mailbox here.
pub const PASSWORD: &str = "mat-khau-chi-de-thu";

/// A line of the list of mailboxes that the servers are started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// A mailbox that can be logged in to.
    Mailbox(String),
    /// Postfix takes its mail, Dovecot refuses it: a true delivery report goes back to the sender.
    Refused(String),
    /// Mail for every other name of this domain goes to that mailbox.
    Rest { domain: String, mailbox: String },
}

impl Account {
    pub fn mailbox(address: impl Into<String>) -> Account {
        Account::Mailbox(address.into())
    }

    fn line(&self) -> String {
        match self {
            Account::Mailbox(address) => format!("{address} {PASSWORD}\n"),
            Account::Refused(address) => format!("{address} -\n"),
            Account::Rest { domain, mailbox } => format!("@{domain} {mailbox}\n"),
        }
    }
}

/// A mail on its way: envelope and bytes.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Empty for the null return path of delivery reports.
    pub from: String,
    pub to: Vec<String>,
    /// CRLF line ends.
    pub bytes: Vec<u8>,
}

/// Which servers to kill.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    Imap,
    Smtp,
    All,
}

/// A private Postfix and Dovecot.
#[derive(Debug)]
pub struct MailServers {
    folder: PathBuf,
    base: u16,
    keep: Keep,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Keep {
    UntilDropped,
    Running,
}

impl MailServers {
    /// Starts servers with these mailboxes in a temporary folder, ended and removed when dropped.
    pub fn start(accounts: &[Account]) -> MailServers {
        let folder = new_folder("pm");
        let mut last = String::new();
        for _ in 0..5 {
            let base = free_ports(5);
            match launch(&folder, base, accounts) {
                Ok(()) => {
                    return MailServers {
                        folder,
                        base,
                        keep: Keep::UntilDropped,
                    };
                }
                Err(said) => last = said,
            }
            // Another process may have taken a port in between; Dovecot may already be up on the old ones.
            let _ = script("mail.sh", &["kill9", path(&folder), "all"]);
        }
        panic!("no mail servers: {last}");
    }

    /// Starts servers in a folder of the caller's choice; they outlive this program.
    pub fn start_in(folder: &Path, accounts: &[Account]) -> Result<MailServers, String> {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let base = free_ports(5);
        launch(folder, base, accounts)?;
        Ok(MailServers {
            folder: folder.to_owned(),
            base,
            keep: Keep::Running,
        })
    }

    /// The port where mail from outside arrives (MX, no login).
    pub fn smtp_port(&self) -> u16 {
        self.base
    }

    /// Submission with STARTTLS and login.
    pub fn submission_port(&self) -> u16 {
        self.base + 1
    }

    /// Submission over TLS with login.
    pub fn submissions_port(&self) -> u16 {
        self.base + 2
    }

    /// IMAP with STARTTLS.
    pub fn imap_port(&self) -> u16 {
        self.base + 3
    }

    /// IMAP over TLS.
    pub fn imaps_port(&self) -> u16 {
        self.base + 4
    }

    /// The CA whose certificate the servers show for "localhost".
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Where everything of these servers lies (mail/ADDRESS is a maildir).
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Hands a mail to Postfix as another mail server would. Returns when Postfix has taken it.
    pub fn deliver(&self, mail: &Outgoing) -> Result<(), String> {
        let transport = SmtpTransport::builder_dangerous("127.0.0.1")
            .port(self.smtp_port())
            .timeout(Some(Duration::from_secs(30)))
            .build();
        transport
            .send_raw(&envelope(mail), &mail.bytes)
            .map(drop)
            .map_err(|e| e.to_string())
    }

    /// Hands a mail in as a user of ours would: TLS, login, then the mail.
    pub fn submit(&self, user: &str, password: &str, mail: &Outgoing) -> Result<(), String> {
        let pem = fs::read(self.ca_file()).map_err(|e| e.to_string())?;
        let tls = TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(Certificate::from_pem(&pem).map_err(|e| e.to_string())?)
            .build_rustls()
            .map_err(|e| e.to_string())?;
        let transport = SmtpTransport::builder_dangerous("localhost")
            .port(self.submissions_port())
            .tls(Tls::Wrapper(tls))
            .credentials(Credentials::new(user.to_owned(), password.to_owned()))
            .timeout(Some(Duration::from_secs(30)))
            .build();
        transport
            .send_raw(&envelope(mail), &mail.bytes)
            .map(drop)
            .map_err(|e| e.to_string())
    }

    /// Everything in a user's INBOX, read by a true login over TLS.
    #[track_caller]
    pub fn inbox(&self, user: &str) -> Vec<RawMail> {
        self.try_inbox(user)
            .unwrap_or_else(|said| panic!("inbox of {user}: {said}"))
    }

    /// As `inbox`, for moments in which the server may be down.
    pub fn try_inbox(&self, user: &str) -> Result<Vec<RawMail>, String> {
        self.folder_of(user, "INBOX")
    }

    /// Everything in another folder of a user.
    pub fn folder_of(&self, user: &str, folder: &str) -> Result<Vec<RawMail>, String> {
        Session::open(self.imaps_port(), &self.ca_file(), user, PASSWORD)?.mails(folder)
    }

    /// Waits until a user's INBOX is as wished, at most `limit`.
    #[track_caller]
    pub fn wait_for(
        &self,
        user: &str,
        limit: Duration,
        wished: impl Fn(&[RawMail]) -> bool,
    ) -> Vec<RawMail> {
        wait::until(&format!("the inbox of {user}"), limit, || {
            self.try_inbox(user).ok().filter(|mails| wished(mails))
        })
    }

    /// How many mails Postfix still holds. One that it was being told when it was killed is none: its file lacks the mark
    /// of a whole one (the right to execute it), and whoever told it knows.
    pub fn queued(&self) -> usize {
        let mut count = 0;
        for queue in ["incoming", "active", "deferred", "maildrop"] {
            count += whole_below(&self.folder.join("queue").join(queue));
        }
        count
    }

    /// From now on tokens are taken too; the servers ask about them at this address (RFC 7662).
    pub fn take_tokens(&self, introspection: &str) {
        fs::write(self.folder.join("introspection"), introspection).expect("write the address");
        self.kill(Which::Imap);
        self.restart();
    }

    /// SIGKILL, as if the power failed.
    pub fn kill(&self, which: Which) {
        let which = match which {
            Which::Imap => "imap",
            Which::Smtp => "smtp",
            Which::All => "all",
        };
        must(script("mail.sh", &["kill9", path(&self.folder), which]));
    }

    /// Starts again whatever does not run, on the same ports.
    pub fn restart(&self) {
        must(script(
            "mail.sh",
            &["start", path(&self.folder), &self.base.to_string()],
        ));
    }

    /// Ends servers that were started in `folder` before; no error when none run.
    pub fn stop_in(folder: &Path) -> Result<(), String> {
        if !folder.join("accounts").exists() {
            return Ok(());
        }
        script("mail.sh", &["stop", path(folder)]).map(drop)
    }
}

impl Drop for MailServers {
    fn drop(&mut self) {
        if self.keep == Keep::UntilDropped {
            let _ = script("mail.sh", &["kill9", path(&self.folder), "all"]);
            remove(&self.folder);
        }
    }
}

/// A private PostgreSQL cluster, ended and removed when dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    url: String,
}

impl Postgres {
    /// Starts a cluster; fast, without fsync.
    pub fn start() -> Postgres {
        let folder = new_folder("pp");
        let said = must(script("postgres.sh", &["start", path(&folder)]));
        Postgres {
            folder,
            url: said.trim().to_owned(),
        }
    }

    /// The URL of the database "postgres" as the superuser "phach".
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where everything of this cluster lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = script("postgres.sh", &["stop", path(&self.folder)]);
        remove(&self.folder);
    }
}

/// A new temporary folder for one test: "/tmp/<kind><process>.<number>", short because sockets lie below it.
/// Folders whose process is gone (a killed test run) are swept away first, with their servers.
pub fn new_folder(kind: &str) -> PathBuf {
    static SWEEP: std::sync::Once = std::sync::Once::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    SWEEP.call_once(sweep);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(format!("/tmp/{kind}{}.{number}", std::process::id()));
    remove(&folder);
    fs::create_dir(&folder).expect("a temporary folder");
    folder
}

fn sweep() {
    let Ok(entries) = fs::read_dir("/tmp") else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let (shell, rest) = match (name.strip_prefix("pm"), name.strip_prefix("pp")) {
            (Some(rest), _) => ("mail.sh", rest),
            (_, Some(rest)) => ("postgres.sh", rest),
            (None, None) => continue,
        };
        let Some(owner) = rest
            .split_once('.')
            .and_then(|(owner, _)| owner.parse::<u32>().ok())
        else {
            continue;
        };
        if !Path::new(&format!("/proc/{owner}")).exists() {
            let _ = script(shell, &["stop", path(&entry.path())]);
            remove(&entry.path());
        }
    }
}

fn launch(folder: &Path, base: u16, accounts: &[Account]) -> Result<(), String> {
    let list: String = accounts.iter().map(Account::line).collect();
    fs::write(folder.join("accounts"), list).map_err(|e| e.to_string())?;
    script("mail.sh", &["start", path(folder), &base.to_string()]).map(drop)
}

/// The first of `count` ports in a row that are free now.
pub fn free_ports(count: u16) -> u16 {
    static TURN: AtomicU32 = AtomicU32::new(0);
    for _ in 0..2000 {
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        // Below the range from which the kernel takes ports for outgoing connections.
        let step = std::process::id()
            .wrapping_mul(2654435761)
            .wrapping_add(turn * 7919);
        let base = 10_000 + (step % 2_100) as u16 * 10;
        let free: Vec<TcpListener> = (base..base + count)
            .map_while(|port| TcpListener::bind(("127.0.0.1", port)).ok())
            .collect();
        if free.len() == usize::from(count) {
            return base;
        }
    }
    panic!("no {count} free ports in a row");
}

fn envelope(mail: &Outgoing) -> Envelope {
    let address = |text: &String| text.parse::<Address>().expect("an address");
    let from = (!mail.from.is_empty()).then(|| address(&mail.from));
    Envelope::new(from, mail.to.iter().map(address).collect()).expect("a recipient")
}

/// Runs one of our scripts, with sudo where it needs root and we are not; `Err` holds what it said.
fn script(name: &str, arguments: &[&str]) -> Result<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/servers")
        .join(name);
    let mut command = if name == "mail.sh" && !is_root() {
        let mut command = Command::new("sudo");
        command.arg("-n").arg(&file);
        command
    } else {
        Command::new(&file)
    };
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|e| format!("{}: {e}", file.display()))?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    } else {
        Err(format!("{name}: {}", String::from_utf8_lossy(&stderr)))
    }
}

fn remove(folder: &Path) {
    if fs::remove_dir_all(folder).is_err() && folder.exists() && !is_root() {
        // Files of the servers' own users.
        let _ = Command::new("sudo")
            .args(["-n", "rm", "-rf", path(folder)])
            .status();
    }
}

/// Whether this process runs as root, by the owner of its own folder in /proc.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

fn whole_below(folder: &Path) -> usize {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => whole_below(&entry.path()),
            Ok(about) => usize::from(about.permissions().mode() & 0o100 != 0),
            // Gone meanwhile.
            Err(_) => 0,
        })
        .sum()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[track_caller]
fn must(said: Result<String, String>) -> String {
    said.unwrap_or_else(|said| panic!("{said}"))
}
