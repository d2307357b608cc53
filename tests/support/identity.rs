//! A provider of logins by token, as strict as the strictest: a refresh token is good once, and one that is shown a second
//! time ends the whole login. Mail servers ask it about tokens (RFC 7662), people agree on a device (RFC 8628) or in a
//! browser (RFC 7636).

use std::collections::BTreeMap;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use axum::Form;
use axum::Json;
use axum::Router;
use axum::extract::State as Held;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use serde_json::json;
use sha2::Digest as _;
use sha2::Sha256;
use url::Url;

/// In every token, so that a log can be searched for one.
pub const MARK: &str = "bi-mat-";
const CLIENT: &str = "phach-thu";

type Fields = BTreeMap<String, String>;
type Answer = (StatusCode, Json<Value>);

/// A provider that runs until the program ends.
pub struct Identity {
    port: u16,
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
struct World {
    down: bool,
    count: u64,
    /// Whose, and whether it is good.
    access: BTreeMap<String, (String, bool)>,
    refresh: BTreeMap<String, (String, bool)>,
    /// Code of the device, code for the person, who agreed.
    devices: Vec<(String, String, Option<String>)>,
    /// Code, who agreed, challenge, where the browser is sent.
    codes: Vec<(String, String, String, String)>,
    renewals: u32,
    shown_twice: u32,
}

impl Identity {
    pub fn start() -> Identity {
        let world: Arc<Mutex<World>> = Arc::default();
        let held = Arc::clone(&world);
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                    .await
                    .expect("a port");
                tell.send(listener.local_addr().expect("its number").port())
                    .expect("told");
                let doors = Router::new()
                    .route("/token", post(token))
                    .route("/device", post(device))
                    .route("/introspect", post(introspect))
                    .with_state(held);
                axum::serve(listener, doors).await.expect("serve");
            });
        });
        Identity {
            port: told.recv().expect("a port"),
            world,
        }
    }

    /// Where mail servers ask about tokens.
    pub fn introspection(&self) -> String {
        format!("http://127.0.0.1:{}/introspect", self.port)
    }

    /// The block of the settings that describes it.
    pub fn settings(&self, name: &str) -> String {
        let door = format!("http://127.0.0.1:{}", self.port);
        format!(
            "\n[[oauth]]\nname = \"{name}\"\nprovider = \"other\"\nclient_id = \"{CLIENT}\"\n\
             authorization_url = \"{door}/authorize\"\ntoken_url = \"{door}/token\"\n\
             device_url = \"{door}/device\"\nscopes = [\"mail\"]\nlogin_days = 7\n"
        )
    }

    /// A person types the code on a device and agrees.
    pub fn agree(&self, user_code: &str, person: &str) {
        let mut world = self.world();
        let mut devices = world.devices.iter_mut();
        let device = devices.find(|(_, known, _)| known == user_code);
        device.unwrap_or_else(|| panic!("no code {user_code}")).2 = Some(person.to_owned());
    }

    /// A person opens the address in a browser and agrees; returns where the browser is sent.
    pub fn browse(&self, address: &str, person: &str) -> String {
        let address = Url::parse(address).expect("an address");
        let asked: Fields = address.query_pairs().into_owned().collect();
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut world = self.world();
        let code = world.next();
        let to = asked["redirect_uri"].clone();
        let known = (
            code.clone(),
            person.to_owned(),
            asked["code_challenge"].clone(),
            to.clone(),
        );
        world.codes.push(known);
        format!("{to}?code={code}&state={}", asked["state"])
    }

    /// From now on, or no longer, it has only trouble.
    pub fn set_down(&self, down: bool) {
        self.world().down = down;
    }

    /// No access token that was given out is good any more.
    pub fn end_access(&self) {
        for (_, good) in self.world().access.values_mut() {
            *good = false;
        }
    }

    /// The person's login is taken away.
    pub fn revoke(&self, person: &str) {
        self.world().end(person);
    }

    /// How often a login was renewed, and how often a used refresh token was shown again.
    pub fn renewals(&self) -> (u32, u32) {
        let world = self.world();
        (world.renewals, world.shown_twice)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("the world")
    }
}

impl World {
    fn next(&mut self) -> String {
        self.count += 1;
        format!(
            "{MARK}{}-{:016x}",
            self.count,
            self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        )
    }

    fn give(&mut self, person: &str) -> Answer {
        let (access, refresh) = (self.next(), self.next());
        self.access
            .insert(access.clone(), (person.to_owned(), true));
        self.refresh
            .insert(refresh.clone(), (person.to_owned(), true));
        let given = json!({ "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 3600 });
        (StatusCode::OK, Json(given))
    }

    /// Nothing that was given to the person is known any more.
    fn end(&mut self, person: &str) {
        self.access.retain(|_, (whose, _)| whose != person);
        self.refresh.retain(|_, (whose, _)| whose != person);
    }

    fn renew(&mut self, shown: &str) -> Answer {
        let Some((person, good)) = self.refresh.get_mut(shown) else {
            return refuse("invalid_grant");
        };
        let person = person.clone();
        if !std::mem::take(good) {
            self.shown_twice += 1;
            self.end(&person);
            return refuse("invalid_grant");
        }
        self.renewals += 1;
        self.give(&person)
    }

    fn redeem(&mut self, fields: &Fields) -> Answer {
        let Some(place) = self
            .codes
            .iter()
            .position(|(code, ..)| *code == fields["code"])
        else {
            return refuse("invalid_grant");
        };
        let (_, person, challenge, to) = self.codes.remove(place);
        let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(&fields["code_verifier"]));
        if proof != challenge || to != fields["redirect_uri"] {
            return refuse("invalid_grant");
        }
        self.give(&person)
    }

    fn poll(&mut self, code: &str) -> Answer {
        let Some(place) = self.devices.iter().position(|(known, ..)| known == code) else {
            return refuse("expired_token");
        };
        match self.devices[place].2.clone() {
            None => refuse("authorization_pending"),
            Some(person) => {
                self.devices.remove(place);
                self.give(&person)
            }
        }
    }
}

fn refuse(error: &str) -> Answer {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error })))
}

async fn token(Held(world): Held<Arc<Mutex<World>>>, Form(fields): Form<Fields>) -> Answer {
    let mut world = world.lock().expect("the world");
    if world.down {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!("busy")));
    }
    if fields.get("client_id").map(String::as_str) != Some(CLIENT) {
        return refuse("invalid_client");
    }
    match fields["grant_type"].as_str() {
        "refresh_token" => world.renew(&fields["refresh_token"]),
        "authorization_code" => world.redeem(&fields),
        "urn:ietf:params:oauth:grant-type:device_code" => world.poll(&fields["device_code"]),
        _ => refuse("unsupported_grant_type"),
    }
}

async fn device(Held(world): Held<Arc<Mutex<World>>>, Form(_): Form<Fields>) -> Json<Value> {
    let mut world = world.lock().expect("the world");
    let code = world.next();
    let user_code = format!("MA-{}", world.count);
    world.devices.push((code.clone(), user_code.clone(), None));
    Json(
        json!({ "device_code": code, "user_code": user_code, "expires_in": 300, "interval": 1,
        "verification_uri": "https://id.example/thiet-bi" }),
    )
}

async fn introspect(
    Held(world): Held<Arc<Mutex<World>>>,
    Form(fields): Form<Fields>,
) -> Json<Value> {
    let world = world.lock().expect("the world");
    let known = fields
        .get("token")
        .and_then(|token| world.access.get(token));
    Json(match known {
        Some((person, true)) => json!({ "active": true, "username": person }),
        Some((_, false)) | None => json!({ "active": false }),
    })
}

/// The browser goes where it was sent, on this machine; returns the page.
pub fn follow(address: &str) -> String {
    let address = Url::parse(address).expect("an address");
    let port = address.port().expect("a port of this machine");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    let target = format!("{}?{}", address.path(), address.query().unwrap_or_default());
    write!(stream, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").expect("asked");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("a page");
    page
}
