//! Settings of logins by token: `[[oauth]]`, which `[[imap]]` and `[[relay]]` name.

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::BadConfig;
use super::Config;
use super::Imap;
use super::RelaySettings;
use super::password;
use crate::mailbox::Credential;
use crate::mailbox::Secret;
use crate::mailbox::token;
use crate::mailbox::token::Provider;
use crate::mailbox::token::Standing;
use crate::words;

/// Folder of the tokens in the data folder.
const FOLDER: &str = "tokens";

/// How this installation is known to a provider of logins by token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth {
    /// What `[[imap]]` and `[[relay]]` call it.
    pub name: String,
    pub provider: Kind,
    pub client_id: String,
    /// File with the client's secret in its first line; relative to the settings file.
    pub client_secret_file: Option<String>,
    /// Microsoft: the organisation's id or domain.
    pub tenant: Option<String>,
    /// Google: the app's publishing status is "Testing", and logins end after a week.
    #[serde(default)]
    pub testing: bool,
    /// The provider's doors, in place of what is known of it.
    pub authorization_url: Option<String>,
    pub token_url: Option<String>,
    pub device_url: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Days after which a person must log in again whatever happens, and without use.
    pub login_days: Option<u32>,
    pub unused_days: Option<u32>,
    /// PEM of a private certificate authority.
    pub ca_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Google,
    Microsoft,
    Other,
}

impl Oauth {
    fn client(&self) -> Result<token::Client, BadConfig> {
        let secret = password(self.client_secret_file.as_deref(), None, "")?;
        Ok(token::Client {
            provider: self.provider()?,
            id: self.client_id.clone(),
            secret: secret.map(Secret::new),
            ca_file: self.ca_file.clone(),
        })
    }

    fn provider(&self) -> Result<Provider, BadConfig> {
        let bad = || BadConfig(words::settings::oauth_incomplete(&self.name));
        let known = match self.provider {
            Kind::Google => Provider::google(),
            Kind::Microsoft => {
                Provider::microsoft(self.tenant.as_deref().unwrap_or("organizations"))
            }
            Kind::Other => (self.token_url.as_deref())
                .map(Url::parse)
                .ok_or_else(bad)?
                .map(Provider::other),
        };
        let known = known.map_err(|_| bad())?;
        let door = |own: &Option<String>, known: Option<Url>| match own {
            Some(own) => Url::parse(own).map(Some).map_err(|_| bad()),
            None => Ok(known),
        };
        let week = self.testing.then_some(token::GOOGLE_TESTING_DAYS);
        let provider = Provider {
            authorization: door(&self.authorization_url, known.authorization)?,
            token: door(&self.token_url, None)?.unwrap_or(known.token),
            device: door(&self.device_url, known.device)?,
            scopes: match self.scopes.is_empty() {
                true => known.scopes,
                false => self.scopes.clone(),
            },
            login_days: self.login_days.or(week).or(known.login_days),
            unused_days: self.unused_days.or(known.unused_days),
            extra: known.extra,
            redirect_host: known.redirect_host,
        };
        match (&provider.authorization, &provider.device) {
            (None, None) => Err(bad()),
            (Some(_), _) | (None, Some(_)) => Ok(provider),
        }
    }
}

impl Config {
    /// How to get into a mailbox, with the address filled in.
    pub fn mailbox_credential(&self, imap: &Imap, address: &str) -> Result<Credential, BadConfig> {
        let user = imap.user_of(address);
        match &imap.oauth {
            Some(name) => {
                let (file, variable) = (&imap.password_file, &imap.password_env);
                self.token(name, &user, file.is_some() || variable.is_some())
            }
            None => {
                let (file, variable) =
                    (imap.password_file.as_deref(), imap.password_env.as_deref());
                let password = password(file, variable, address)?.unwrap_or_default();
                Ok(Credential::Password(Secret::new(password)))
            }
        }
    }

    /// How the login by token of a mailbox stands; nothing for a password, or when nobody has logged in.
    pub fn mailbox_login(&self, imap: &Imap, address: &str, now: i64) -> Option<Standing> {
        imap.oauth.as_ref()?;
        let credential = self.mailbox_credential(imap, address).ok()?;
        credential.standing(now)
    }

    /// How to get into a relay as this user.
    pub fn relay_credential(
        &self,
        relay: &RelaySettings,
        user: &str,
    ) -> Result<Credential, BadConfig> {
        let (file, variable) = (&relay.password_file, &relay.password_env);
        match &relay.oauth {
            Some(name) => self.token(name, user, file.is_some() || variable.is_some()),
            None => {
                let password = password(file.as_deref(), variable.as_deref(), user)?;
                Ok(Credential::Password(Secret::new(
                    password.unwrap_or_default(),
                )))
            }
        }
    }

    /// The login by token of a user; a mailbox and a relay with the same one share it.
    fn token(&self, name: &str, user: &str, password: bool) -> Result<Credential, BadConfig> {
        if password {
            return Err(BadConfig(words::settings::oauth_and_password(name)));
        }
        let settings = self.oauth.iter().find(|oauth| oauth.name == name);
        let settings = settings.ok_or_else(|| BadConfig(words::settings::no_oauth(name)))?;
        Ok(Credential::Token(Box::new(token::Source {
            client: settings.client()?,
            file: (self.data.join(FOLDER)).join(format!("{}.json", file_name(name, user))),
        })))
    }

    pub(super) fn resolve_oauth(&mut self, base: &Path) {
        for oauth in &mut self.oauth {
            if let Some(path) = &mut oauth.ca_file {
                *path = base.join(&*path);
            }
            if let Some(name) = &mut oauth.client_secret_file {
                *name = base.join(&*name).to_string_lossy().into_owned();
            }
        }
    }
}

/// One name for each pair, whatever letters stand in it; nothing in it can lead out of the folder.
fn file_name(name: &str, user: &str) -> String {
    let mut out = String::new();
    for (part, end) in [(name, "-"), (user, "")] {
        for byte in part.to_lowercase().bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'@' | b'.' | b'_' => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02x}")),
            }
        }
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::file_name;
    use crate::config::Config;
    use crate::mailbox::Credential;

    fn config(more: &str) -> Config {
        let text = format!(
            "data = \"/d\"\n{more}\n[[imap]]\naddresses = [\"*@so.example\"]\nhost = \"imap.example\"\nport = 993\n\
             security = \"tls\"\noauth = \"thu\"\n"
        );
        toml::from_str(&text).unwrap()
    }

    fn source(config: &Config) -> Result<crate::mailbox::token::Source, String> {
        let imap = config.imap_for("An@so.example").unwrap();
        match config.mailbox_credential(imap, "An@so.example") {
            Ok(Credential::Token(source)) => Ok(*source),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_known_provider_needs_no_addresses_and_its_file_is_the_users_own() {
        let block = "[[oauth]]\nname = \"thu\"\nclient_id = \"c1\"\nprovider = ";
        let google = source(&config(&format!("{block}\"google\"\ntesting = true"))).unwrap();
        assert_eq!(
            google.file.to_str(),
            Some("/d/tokens/thu-an@so.example.json")
        );
        assert_eq!(google.client.provider.login_days, Some(7));
        assert_eq!(google.client.provider.device, None);
        let microsoft = source(&config(&format!(
            "{block}\"microsoft\"\ntenant = \"so.example\""
        )));
        let provider = microsoft.unwrap().client.provider;
        assert!(provider.token.path().starts_with("/so.example/"));
        assert_eq!(
            (provider.login_days, provider.unused_days),
            (None, Some(90))
        );
    }

    #[test]
    fn what_is_missing_or_said_twice_is_told() {
        let said = source(&config("")).unwrap_err();
        assert!(said.contains("thu"), "{said}");
        let other = "[[oauth]]\nname = \"thu\"\nclient_id = \"c1\"\nprovider = \"other\"\n";
        assert!(source(&config(other)).unwrap_err().contains("token_url"));
        let doors =
            "token_url = \"https://id.example/token\"\ndevice_url = \"https://id.example/device\"";
        assert!(source(&config(&format!("{other}{doors}"))).is_ok());
        let mut twice = config(&format!("{other}{doors}"));
        twice.imap[0].password_file = Some("passwords/x".into());
        assert!(source(&twice).unwrap_err().contains("password_file"));
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let check = |name: &str, user: &str, want: &str| assert_eq!(file_name(name, user), want);
        check("gmail", "An@gmail.com", "gmail-an@gmail.com");
        check("a/b", "../../etc", "a%2fb-..%2f..%2fetc");
        check("a-b", "c", "a%2db-c");
    }
}
