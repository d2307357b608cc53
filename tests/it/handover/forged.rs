//! Strangers who know how a package looks.

use sha2::Digest as _;

use phach::handover::PACKAGE_HEADER;
use phach::handover::manifest::FORMAT;
use phach::handover::manifest::File;
use phach::handover::manifest::Identity;
use phach::handover::manifest::Line;
use phach::handover::manifest::Manifest;
use phach::handover::pack;
use phach::handover::seal::Key;

use super::ground::CITY;
use super::ground::CITY_MAILBOX;
use super::ground::Ground;
use super::ground::LIMIT;
use super::ground::Web;
use super::ground::department;
use super::ground::matters;
use super::ground::work;
use crate::desk::Clerk;
use crate::support::cast;
use crate::support::house::House;
use crate::support::mime;
use crate::support::servers::Outgoing;

/// Nothing of theirs is taken in, and a person sees each.
pub fn packages(ground: &Ground, city: &House, code: &str) {
    let before = city.status()["contests"][0]["entries"].clone();
    let known = matters(city);
    let bytes = b"Mot bai thi gia mao.".to_vec();
    let key = Key::from_secret(&[9; 32]);
    let manifest = |package: &str, public_key: String| {
        let hash = sha2::Sha256::digest(&bytes);
        Manifest {
            format: FORMAT,
            package: package.into(),
            contest: ground.places.slug.into(),
            installation: Identity {
                uid: "0123456789abcdef".into(),
                public_key,
            },
            from: "so-tu-phap".into(),
            to: CITY.into(),
            round: None,
            made_at: 0,
            parts: 1,
            entries: vec![Line {
                origin: "0123456789abcdef".into(),
                code: code.into(),
                received_at: 0,
                timeliness: phach::entry::Timeliness::OnTime,
                unit: None,
                slip: Default::default(),
                email: None,
                answers: Default::default(),
                findings: Vec::new(),
                place: None,
                part: 1,
                files: vec![File {
                    name: "Bai.txt".into(),
                    role: phach::entry::FileRole::Main,
                    kind: "text".into(),
                    pages: None,
                    size: bytes.len() as u64,
                    sha256: phach::text::words::hex(&hash),
                }],
            }],
        }
    };
    let said: serde_json::Value =
        serde_json::from_str(&city.run(&["installation", "--json"])).expect("JSON");
    let of_city = said["public_key"].as_str().expect("a key").to_owned();
    let packages = [
        // Signed by a key nobody knows; and one that names a trusted key without having it.
        ("0f".repeat(16), key.public(), "chưa biết khóa"),
        ("1e".repeat(16), of_city, "Chữ ký số không đúng"),
    ];
    let inbox = ground.servers.inbox(CITY_MAILBOX).len();
    for (package, public_key, _) in &packages {
        let text = manifest(package, public_key.clone()).text().expect("JSON");
        let name = manifest(package, String::new()).entries[0].files[0]
            .sha256
            .clone();
        let files = [(name.as_str(), bytes.clone())];
        let zip = pack::zip(&text, &key.sign(&text), &files).expect("a zip");
        let mail = mime::Mail {
            from: department(&ground.places).into(),
            to: vec![CITY_MAILBOX.into()],
            subject: "Sở Tư pháp bàn giao bài dự thi".into(),
            id: format!("{package}@gia-mao.example"),
            date: "Fri, 6 Sep 2019 09:00:00 +0700".into(),
            more: vec![
                (PACKAGE_HEADER.into(), format!("{package} 1/1")),
                ("X-Phach-Letter".into(), "0".into()),
            ],
            body: mime::Body::Plain("Kính gửi".into()),
            files: vec![mime::File::new(pack::name("so-tu-phap", 1, 1), zip)],
            ..mime::Mail::default()
        };
        let outgoing = Outgoing {
            from: "ke-gia-mao@nguoidan.example".into(),
            to: mail.to.clone(),
            bytes: mail.bytes(),
        };
        ground.servers.deliver(&outgoing).expect("Postfix takes it");
    }
    ground.servers.wait_for(CITY_MAILBOX, LIMIT, |mails| {
        mails.len() == inbox + packages.len()
    });
    work(city);
    assert_eq!(matters(city), known + 2);
    assert_eq!(city.status()["contests"][0]["entries"], before);
    let _web = Web::open(city);
    let mut clerk = Clerk::by_link(city, &cast::secretary(CITY), "secretary", CITY);
    let list = clerk.get("/viec?loai=ban-giao");
    for (_, _, why) in &packages {
        assert!(list.html.contains(why), "{why} in {}", list.html);
    }
}
