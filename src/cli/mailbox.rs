//! `phach mailbox login`: walks a clerk through a login by token, and tries it before it takes the place of the old one.

use std::io::BufRead as _;
use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio::time::timeout;

use crate::config::Config;
use crate::job;
use crate::mailbox;
use crate::mailbox::Account;
use crate::mailbox::Credential;
use crate::mailbox::token;
use crate::mailbox::token::Brought;
use crate::mailbox::token::Client;
use crate::mailbox::token::Granted;
use crate::mailbox::token::Progress;
use crate::mailbox::token::Source;
use crate::mailbox::token::Waiting;
use crate::outbox;
use crate::outbox::Relay;
use crate::words;
use crate::words::login::Home;

/// How long the clerk may take in the browser.
const BROWSER: Duration = Duration::from_secs(30 * 60);

#[derive(clap::Subcommand)]
pub enum Command {
    /// Đăng nhập hòm thư bằng mã truy cập (Gmail, Microsoft 365), từng bước một, rồi đăng nhập thử
    Login {
        /// Địa chỉ hòm thư, hoặc tên đăng nhập của máy chủ gửi thư
        #[arg(value_name = "THƯ")]
        address: String,
        /// Đăng nhập trong trình duyệt, không dùng mã nhập trên thiết bị khác
        #[arg(long)]
        browser: bool,
    },
}

/// Whom to log in, and where that login is used.
struct Target {
    user: String,
    mailbox: Option<Account>,
    relays: Vec<Relay>,
}

/// What a try of a login showed.
enum Tried {
    Works,
    Refused,
    /// The server could not be asked.
    Unsure(String),
}

pub async fn run(config: &Path, command: Command) -> anyhow::Result<u8> {
    let Command::Login { address, browser } = command;
    let config = Config::read(config)?;
    let target = target(&config, &address)?;
    let Some(source) = target.source().cloned() else {
        println!("{}", words::login::passwords(&address, target.home()));
        return match target.try_all(&address).await {
            Tried::Works => Ok(super::DONE),
            Tried::Refused => Ok(super::FAILED),
            Tried::Unsure(why) => Err(anyhow!(why)),
        };
    };
    println!("{}", words::login::begin(&address));
    let granted = match source.client.provider.device.is_some() && !browser {
        true => by_code(&source.client, &target.user).await?,
        false => in_browser(&source.client, &target.user).await?,
    };
    println!("{}", words::login::AGREED);
    let trial = source.trial();
    std::fs::create_dir_all(&config.data)?;
    trial.keep(granted).await.map_err(refusal)?;
    match target.with(&trial).try_all(&address).await {
        Tried::Works => {
            source.adopt(&trial).await.map_err(refusal)?;
            Ok(super::DONE)
        }
        Tried::Refused => {
            trial.forget().await.map_err(refusal)?;
            Err(anyhow!(words::login::wrong(&target.user)))
        }
        Tried::Unsure(why) => {
            source.adopt(&trial).await.map_err(refusal)?;
            println!("{}", words::login::untried(&why));
            Ok(super::WAITING)
        }
    }
}

/// The mailbox with this address and the relays that share its login, or the relays whose user this is.
fn target(config: &Config, address: &str) -> anyhow::Result<Target> {
    let mailbox = match config.imap_for(address) {
        Some(_) => Some(job::intake::account(config, address)?),
        None => None,
    };
    let user = mailbox
        .as_ref()
        .map_or(address, |account| account.user.as_str())
        .to_owned();
    let mut relays = Vec::new();
    for settings in &config.relay {
        if settings.user.as_deref() == Some(&user) {
            relays.push(job::send::relay(config, settings)?);
        }
    }
    let credential = mailbox.as_ref().map(|account| &account.credential);
    let first = credential.or_else(|| Some(&relays.first()?.login.as_ref()?.credential));
    let Some(first) = first.cloned() else {
        return Err(anyhow!(words::login::unknown(address)));
    };
    relays.retain(|relay| (relay.login.as_ref()).is_some_and(|login| login.credential == first));
    Ok(Target {
        user,
        mailbox,
        relays,
    })
}

impl Target {
    fn credential(&self) -> Option<&Credential> {
        match &self.mailbox {
            Some(account) => Some(&account.credential),
            None => Some(&self.relays.first()?.login.as_ref()?.credential),
        }
    }

    fn source(&self) -> Option<&Source> {
        match self.credential()? {
            Credential::Password(_) => None,
            Credential::Token(source) => Some(source),
        }
    }

    fn home(&self) -> Home {
        let host = match &self.mailbox {
            Some(account) => account.host.as_str(),
            None => self.relays.first().map_or("", |relay| relay.host.as_str()),
        };
        let below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        match host {
            _ if below("gmail.com") || below("google.com") => Home::Google,
            _ if below("office365.com") || below("outlook.com") => Home::Microsoft,
            _ => Home::Other,
        }
    }

    /// The same, with the tokens of another file.
    fn with(&self, source: &Source) -> Target {
        let credential = Credential::Token(Box::new(source.clone()));
        let mut other = Target {
            user: self.user.clone(),
            mailbox: self.mailbox.clone(),
            relays: self.relays.clone(),
        };
        if let Some(account) = &mut other.mailbox {
            account.credential = credential.clone();
        }
        for login in other
            .relays
            .iter_mut()
            .filter_map(|relay| relay.login.as_mut())
        {
            login.credential = credential.clone();
        }
        other
    }

    /// Logs in everywhere, and says so. One refusal is a refusal.
    async fn try_all(&self, address: &str) -> Tried {
        let mut tried = Tried::Works;
        if let Some(account) = &self.mailbox {
            match mailbox::check(account).await {
                Ok(facts) => {
                    let mails = i64::from(facts.selected.exists);
                    println!("{}", words::login::works(address, mails));
                }
                Err(error @ (mailbox::Error::Auth(_) | mailbox::Error::Login(_))) => {
                    tracing::warn!("{error}");
                    println!("{}", words::check::trouble(trouble(error)));
                    return Tried::Refused;
                }
                Err(error) => tried = Tried::Unsure(words::check::trouble(trouble(error))),
            }
        }
        for relay in &self.relays {
            match outbox::check(relay).await {
                Ok(_) => println!("{}", words::login::relay_works(&relay.name)),
                Err(outbox::Error::Auth(why) | outbox::Error::Login(why)) => {
                    println!("{}", words::check::no_relay(&why));
                    return Tried::Refused;
                }
                Err(error) => tried = Tried::Unsure(words::check::no_relay(&error)),
            }
        }
        tried
    }
}

fn trouble(error: mailbox::Error) -> crate::entry::Trouble {
    job::receive::Error::from(error)
        .trouble()
        .unwrap_or(crate::entry::Trouble::Unreachable)
}

fn refusal(error: token::Error) -> anyhow::Error {
    anyhow!(words::login::failed(&error))
}

/// RFC 8628: the clerk types a code on any device.
async fn by_code(client: &Client, user: &str) -> anyhow::Result<Granted> {
    let mut device = client.device().await.map_err(refusal)?;
    let minutes = device.lasts.as_secs() / 60;
    let (page, code) = (&device.address, &device.user_code);
    println!("{}", words::login::device(page, code, user, minutes));
    let lasts = device.lasts;
    let asked = async {
        let mut pause = device.interval();
        loop {
            sleep(pause).await;
            match client.ask(&mut device).await {
                Ok(Progress::Granted(granted)) => return Ok(granted),
                Ok(Progress::Wait(next)) => pause = next,
                // The line may be back before the code has run out (RFC 8628 §3.5).
                Err(token::Error::Again(why)) => {
                    tracing::warn!("{why}");
                    pause *= 2;
                }
                Err(token::Error::Login(word)) => {
                    return Err(anyhow!(words::login::refused(&word)));
                }
                Err(error) => return Err(refusal(error)),
            }
        }
    };
    timeout(lasts, asked)
        .await
        .map_err(|_| anyhow!(words::login::TOO_LATE))?
}

/// RFC 8252: the browser comes back to a port of this machine, or the clerk brings the address.
async fn in_browser(client: &Client, user: &str) -> anyhow::Result<Granted> {
    let waiting = Waiting::begin(client, user).await.map_err(refusal)?;
    println!("{}", words::login::browser(waiting.address.as_str(), user));
    let brought = tokio::select! {
        brought = waiting.browser(words::login::BROWSER_DONE) => brought.map_err(refusal)?,
        brought = pasted(&waiting) => brought,
        () = sleep(BROWSER) => return Err(anyhow!(words::login::TOO_LATE)),
    };
    match brought {
        Brought::Code(code) => waiting.redeem(client, &code).await.map_err(refusal),
        Brought::Refused(word) => Err(anyhow!(words::login::refused(&word))),
        Brought::Nothing => Err(anyhow!(words::login::NOT_THE_ADDRESS)),
    }
}

/// Lines that the clerk pastes, until one is of this login. Without a keyboard nothing ever comes.
async fn pasted(waiting: &Waiting) -> Brought {
    let (tell, mut lines) = mpsc::channel(1);
    // A thread of its own: it may wait for a line until the program ends, and nothing waits for it.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        match waiting.read(&line) {
            Brought::Nothing if line.trim().is_empty() => {}
            Brought::Nothing => println!("{}", words::login::NOT_THE_ADDRESS),
            brought => return brought,
        }
    }
    std::future::pending().await
}
