//! What is known of the providers: where their doors are, what is asked for, how long a login lasts.

use url::Url;

/// A provider of logins by token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Where a person agrees in the browser (RFC 6749 §3.1).
    pub authorization: Option<Url>,
    /// Where tokens are given out (RFC 6749 §3.2).
    pub token: Url,
    /// Where a login by code on another device begins (RFC 8628 §3.1), if the provider has that for mail.
    pub device: Option<Url>,
    pub scopes: Vec<String>,
    /// What the address of the authorisation must say besides.
    pub extra: Vec<(&'static str, &'static str)>,
    /// How this machine is named in the address to which the browser is sent back (RFC 8252 §7.3).
    pub redirect_host: &'static str,
    /// Days after which a person must log in again whatever happens.
    pub login_days: Option<u32>,
    /// Days without a renewal after which a login is over.
    pub unused_days: Option<u32>,
}

/// Days after which Google ends the logins of an app whose publishing status is "Testing".
pub const GOOGLE_TESTING_DAYS: u32 = 7;

impl Provider {
    /// Gmail and Google Workspace. Mail scopes are not allowed on Google's device flow, so there is no such door.
    pub fn google() -> Result<Provider, url::ParseError> {
        Ok(Provider {
            authorization: Some(Url::parse("https://accounts.google.com/o/oauth2/v2/auth")?),
            token: Url::parse("https://oauth2.googleapis.com/token")?,
            device: None,
            scopes: vec!["https://mail.google.com/".into()],
            // Without these no refresh token comes, or only at the very first consent.
            extra: vec![("access_type", "offline"), ("prompt", "consent")],
            redirect_host: "127.0.0.1",
            login_days: None,
            // Six months.
            unused_days: Some(180),
        })
    }

    /// Microsoft 365 and Outlook.com. `tenant` is the organisation's id or domain, or `organizations`, `consumers`,
    /// `common`.
    pub fn microsoft(tenant: &str) -> Result<Provider, url::ParseError> {
        let base = Url::parse("https://login.microsoftonline.com/")?;
        let door = |name: &str| base.join(&format!("{tenant}/oauth2/v2.0/{name}"));
        Ok(Provider {
            authorization: Some(door("authorize")?),
            token: door("token")?,
            device: Some(door("devicecode")?),
            scopes: vec![
                "offline_access".into(),
                "https://outlook.office.com/IMAP.AccessAsUser.All".into(),
                "https://outlook.office.com/SMTP.Send".into(),
            ],
            extra: vec![("prompt", "select_account")],
            // The name under which Microsoft takes any port.
            redirect_host: "localhost",
            login_days: None,
            unused_days: Some(90),
        })
    }

    /// Any other provider, by its own doors.
    pub fn other(token: Url) -> Provider {
        Provider {
            authorization: None,
            token,
            device: None,
            scopes: Vec::new(),
            extra: Vec::new(),
            redirect_host: "127.0.0.1",
            login_days: None,
            unused_days: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Provider;

    #[test]
    fn the_doors_of_the_known_providers_are_addresses() {
        let google = Provider::google().unwrap();
        assert_eq!(google.device, None);
        let microsoft = Provider::microsoft("so.example").unwrap();
        assert_eq!(
            microsoft.device.unwrap().as_str(),
            "https://login.microsoftonline.com/so.example/oauth2/v2.0/devicecode"
        );
        for door in [google.token, microsoft.token] {
            assert_eq!(door.scheme(), "https");
        }
    }
}
