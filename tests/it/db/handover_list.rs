//! A district's locked list on its way out: offered, released, written into mails, taken back.

use std::path::Path;
use std::sync::Arc;

use phach::config::Config;
use phach::contest::plan::Mailbox;
use phach::contest::unit::Handover as Rule;
use phach::db;
use phach::db::entry;
use phach::db::handover;
use phach::db::installation;
use phach::db::letter;
use phach::db::new_id;
use phach::db::queue;
use phach::db::view::Scope;
use phach::desk;
use phach::desk::Act;
use phach::desk::Refusal;
use phach::desk::Who;
use phach::entry::FileRole;
use phach::entry::LetterState;
use phach::entry::ReceiptCode;
use phach::handover::Handed;
use phach::handover::seal;
use phach::job::Ctx;
use phach::job::run;
use phach::message;

use super::handover::lock;
use super::house::House;
use super::house::NOW;
use super::house::on_both;
use super::house::plan;
use super::house::slip;

/// A folder for blobs and the key, removed when dropped.
struct Data(std::path::PathBuf);

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program's own work, without a network.
fn works(house: &House) -> (Ctx, Data) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ho{}", new_id()));
    std::fs::create_dir_all(&folder).unwrap();
    let config: Config = toml::from_str(&format!("data = {folder:?}")).unwrap();
    (Ctx::new(house.db.clone(), Arc::new(config)), Data(folder))
}

/// The district hands its best three over to the city, which has a mailbox.
async fn order(house: &House) {
    let mut plan = plan();
    for unit in plan.units.iter_mut().filter(|unit| unit.kind == "quan") {
        unit.handover = Rule::Top {
            n: 3,
            to: "tp".into(),
        };
    }
    plan.mailboxes.push(Mailbox {
        unit: "tp".into(),
        address: "tp@duthi.example".into(),
    });
    house
        .write(async |tx| db::contest::apply(tx, &plan, "…", "house", NOW).await)
        .await
        .unwrap();
}

/// An entry with an essay on disk, in the queue. Returns its receipt code.
async fn essay(house: &House, ctx: &Ctx, n: u8) -> String {
    let code = ReceiptCode::from_random([n; 8]).as_str().to_owned();
    let (row, version) = house.entry(&code).await;
    let text = format!(
        "Bài dự thi số {n}. {}",
        "Dịch vụ công trực tuyến. ".repeat(40)
    );
    let blob = ctx.blobs.put(text.as_bytes()).await.unwrap();
    house
        .write(async |tx| {
            let file = entry::File {
                id: new_id(),
                version_id: version,
                ordinal: 0,
                blob: blob.sha256.clone(),
                name: "Bài dự thi.txt".into(),
                size: i64::try_from(blob.size).unwrap(),
                role: FileRole::Main,
                kind: "text".into(),
                pages: None,
            };
            entry::put_file(tx, &file).await?;
            let by = Some("an@nguoidan.example");
            entry::put_slip(tx, row.contest_id, version, &slip("Lê Thị Hoa"), by).await?;
            // The blind code gives the order of the list.
            let blind = format!("B{}", 9 - n);
            queue::put(tx, row.unit_id, "vong-loai", row.id, version, &blind, NOW).await
        })
        .await
        .unwrap();
    code
}

#[tokio::test]
async fn a_locked_list_goes_out_signed_and_in_its_order_and_nothing_else_does() {
    on_both(async |house| {
        order(&house).await;
        let (ctx, _data) = works(&house);
        let mut codes = Vec::new();
        for n in 1..=3 {
            codes.push(essay(&house, &ctx, n).await);
        }
        let standing = db::contest::standing(&house.db, house.contest)
            .await
            .unwrap();
        let account = house.account("thuky@duthi.example").await;
        let scope = Scope {
            contest: house.contest,
            units: vec![house.unit("hoan-kiem")],
        };
        let who = Who {
            account,
            units: &scope,
        };
        let now = phach::clock::now();
        let release = async |unit: &str| {
            let act = Act::HandOver {
                unit: unit.into(),
                early: false,
            };
            desk::perform(&house.db, &standing, who, None, act, now).await
        };
        let refused = |done: desk::Result<i64>| match done {
            Err(desk::Error::Refused(why)) => Some(why),
            Ok(_) | Err(_) => None,
        };
        // Nothing before the list is locked, and nothing of other units.
        let early = refused(release("hoan-kiem").await);
        assert_eq!(early, Some(Refusal::NothingToHandOver));
        assert!(matches!(
            release("ba-dinh").await,
            Err(desk::Error::Missing)
        ));
        lock(&house, 2).await;
        let offer = house
            .write(async |tx| desk::offer(tx, &standing, "hoan-kiem", now).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (offer.wanted, offer.lines, offer.handed),
            (Some(3), Some(3), false)
        );
        let act = release("hoan-kiem").await.unwrap();
        let twice = refused(release("hoan-kiem").await);
        assert_eq!(twice, Some(Refusal::NothingToHandOver));

        run::until_idle(&ctx, 1).await.unwrap();
        let (sent, mime) = mail(&house).await;
        let (parsed, files) = message::parse(mime.as_bytes()).unwrap();
        let Some(Handed::Part(part)) = parsed.handed else {
            panic!("no part in {mime}");
        };
        let own = installation::get(&house.db).await.unwrap().unwrap();
        assert!(seal::holds(&part.text, &part.signature, &own.public_key));
        let manifest = &part.manifest;
        assert_eq!(
            (manifest.from.as_str(), manifest.to.as_str()),
            ("hoan-kiem", "tp")
        );
        assert_eq!(manifest.round.as_deref(), Some("vong-loai"));
        let listed: Vec<(&str, Option<i64>)> = manifest
            .entries
            .iter()
            .map(|line| (line.code.as_str(), line.place))
            .collect();
        assert_eq!(
            listed,
            [(codes[2].as_str(), Some(1)), (codes[1].as_str(), Some(2))]
        );
        assert_eq!(manifest.entries[0].origin, own.uid);
        assert_eq!(manifest.entries[0].slip, slip("Lê Thị Hoa"));
        assert_eq!(files.len(), 2);
        assert!(String::from_utf8_lossy(&files[0]).starts_with("Bài dự thi số 3."));

        // Taken back while it waits; after the second release it has left.
        desk::undo(&house.db, &standing, who, act, now + 1)
            .await
            .unwrap();
        assert_eq!(
            letter::get(&house.db, sent).await.unwrap().state,
            LetterState::Suppressed
        );
        let act = release("hoan-kiem").await.unwrap();
        run::until_idle(&ctx, 1).await.unwrap();
        let (sent, _) = mail(&house).await;
        house
            .write(async |tx| {
                let (from, to) = (LetterState::Queued, LetterState::Sending);
                letter::advance(tx, sent, from, to, None, now).await
            })
            .await
            .unwrap();
        let late = desk::undo(&house.db, &standing, who, act, now + 2).await;
        assert!(
            matches!(late, Err(desk::Error::Refused(Refusal::AlreadySent))),
            "{late:?}"
        );
        codes
    })
    .await;
}

/// The newest mail of a package that waits to be sent.
async fn mail(house: &House) -> (i64, String) {
    let ids = house
        .texts("SELECT CAST(id AS TEXT) FROM letter WHERE kind = 'handover' ORDER BY id DESC")
        .await;
    let id = ids[0].parse().unwrap();
    let letter = letter::get(&house.db, id).await.unwrap();
    let parts = house
        .write(async |tx| {
            let of: i64 = house
                .texts("SELECT CAST(max(id) AS TEXT) FROM handover")
                .await[0]
                .parse()
                .unwrap();
            handover::parts(tx, of).await
        })
        .await
        .unwrap();
    assert_eq!(parts[0].letter_id, Some(id));
    (id, letter.mime)
}
