//! Packages as honest installations make them, and as strangers would.

use std::io::Cursor;
use std::io::Write as _;

use sha2::Digest;
use sha2::Sha256;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Acknowledgement;
use super::Fault;
use super::manifest::FORMAT;
use super::manifest::File;
use super::manifest::Identity;
use super::manifest::Line;
use super::manifest::Manifest;
use super::pack;
use super::read_header;
use super::seal;
use super::seal::Key;
use crate::entry::FileRole;
use crate::entry::FindingCode;
use crate::entry::ReceiptCode;
use crate::entry::Timeliness;
use crate::handover::manifest::Remark;
use crate::slip::Slip;
use crate::text::words::hex;

const PACKAGE: &str = "00112233445566778899aabbccddeeff";

fn file(bytes: &[u8]) -> File {
    File {
        name: "Bài dự thi.txt".into(),
        role: FileRole::Main,
        kind: "text".into(),
        pages: None,
        size: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    }
}

/// An entry in part `part` with these files.
fn line(n: u8, part: u32, files: &[&[u8]]) -> Line {
    Line {
        origin: "a1b2c3d4e5f60718".into(),
        code: ReceiptCode::from_random([n; 8]).as_str().to_owned(),
        received_at: 1_567_500_000_000,
        timeliness: Timeliness::OnTime,
        unit: Some("so-tu-phap.phong-pbgdpl".into()),
        slip: Slip::default(),
        email: Some("an@nguoidan.example".into()),
        answers: [(1, 'A')].into(),
        findings: vec![Remark {
            file: Some(0),
            code: FindingCode::NotA4,
            detail: String::new(),
        }],
        place: Some(1),
        part,
        files: files.iter().map(|bytes| file(bytes)).collect(),
    }
}

fn manifest(key: &Key, parts: u32, entries: Vec<Line>) -> Manifest {
    Manifest {
        format: FORMAT,
        package: PACKAGE.into(),
        contest: "hanoi-2019".into(),
        installation: Identity {
            uid: "a1b2c3d4e5f60718".into(),
            public_key: key.public(),
        },
        from: "so-tu-phap".into(),
        to: "ha-noi".into(),
        round: None,
        made_at: 1_567_500_000_000,
        parts,
        entries,
    }
}

fn key(n: u8) -> Key {
    Key::from_secret(&[n; 32])
}

/// A package of two parts with one entry each, and the archive of its first part.
fn package() -> (Manifest, String, String, Vec<u8>) {
    let key = key(1);
    let manifest = manifest(
        &key,
        2,
        vec![
            line(1, 1, &[b"bai mot", b"phu luc", b"bai mot"]),
            line(2, 2, &[b"bai hai"]),
        ],
    );
    let text = manifest.text().expect("JSON");
    let signature = key.sign(&text);
    let zip = pack::zip(&text, &signature, &of_first_part()).expect("a zip");
    (manifest, text, signature, zip)
}

fn of_first_part() -> Vec<(&'static str, Vec<u8>)> {
    [b"bai mot", b"phu luc"]
        .iter()
        .map(|bytes| {
            let name: &str = Box::leak(hex(&Sha256::digest(bytes)).into_boxed_str());
            (name, bytes.to_vec())
        })
        .collect()
}

/// An archive with these entries, as a stranger packs it.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a name");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn what_was_packed_is_unpacked_byte_for_byte() {
    let (manifest, text, signature, zip) = package();
    let (part, files) = pack::open(&zip, PACKAGE, 1, 2).expect("a part");
    assert_eq!(part.manifest, manifest);
    assert_eq!((part.text, part.signature), (text, signature));
    // A file that stands twice in an entry travels once.
    assert_eq!(files, [b"bai mot".to_vec(), b"phu luc".to_vec()]);
    assert_eq!(
        zip,
        pack::zip(
            &manifest.text().expect("JSON"),
            &key(1).sign(&manifest.text().expect("JSON")),
            &of_first_part()
        )
        .expect("a zip")
    );
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    let (_, _, _, zip) = package();
    let whole = pack::open(&zip, PACKAGE, 1, 2).expect("a part");
    // Every byte class: heads, manifest, signature, files, directory. Signatures are slow to check unoptimized.
    for at in (0..zip.len()).step_by(11).chain(zip.len() - 100..zip.len()) {
        let mut changed = zip.clone();
        changed[at] ^= 0x20;
        // A byte that says nothing (a date in a head) may change; what comes out may not.
        if let Ok(opened) = pack::open(&changed, PACKAGE, 1, 2) {
            assert_eq!(opened, whole, "byte {at}");
        }
        assert!(
            pack::open(&zip[..at], PACKAGE, 1, 2).is_err(),
            "cut at {at}"
        );
    }
}

#[test]
fn a_manifest_holds_only_with_its_own_signature_and_key() {
    let (manifest, text, signature, _) = package();
    assert!(seal::holds(&text, &signature, &key(1).public()));
    for at in (0..text.len()).step_by(37) {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let changed = String::from_utf8_lossy(&changed).into_owned();
        assert!(
            !seal::holds(&changed, &signature, &key(1).public()),
            "byte {at}"
        );
    }
    let check = |signature: &str, public_key: &str| {
        assert!(
            !seal::holds(&text, signature, public_key),
            "{signature} {public_key}"
        );
    };
    check(&key(2).sign(&text), &key(1).public());
    check(&signature, &key(2).public());
    check(&signature, "");
    check(&signature, "bm8ga2V5");
    check("", &key(1).public());
    check("không phải base64", &key(1).public());
    // Signed by a stranger who names somebody else's key.
    let zip = pack::zip(&text, &key(2).sign(&text), &of_first_part()).expect("a zip");
    assert_eq!(
        pack::open(&zip, PACKAGE, 1, 2).err(),
        Some(Fault::Signature)
    );
    assert_eq!(manifest.installation.public_key, key(1).public());
}

#[test]
fn a_part_must_be_the_one_its_head_names_and_whole() {
    let (_, text, signature, zip) = package();
    let check = |zip: &[u8], package: &str, n: u32, parts: u32, want: Fault| {
        assert_eq!(
            pack::open(zip, package, n, parts).err(),
            Some(want),
            "{package} {n}/{parts}"
        );
    };
    check(
        &zip,
        "ffeeddccbbaa99887766554433221100",
        1,
        2,
        Fault::Header,
    );
    check(&zip, PACKAGE, 1, 3, Fault::Header);
    check(&zip, PACKAGE, 3, 2, Fault::Header);
    check(&zip, PACKAGE, 0, 2, Fault::Header);
    // The files of the first part are not those of the second.
    check(&zip, PACKAGE, 2, 2, Fault::Stranger);
    let mut less = of_first_part();
    less.pop();
    let less = pack::zip(&text, &signature, &less).expect("a zip");
    check(&less, PACKAGE, 1, 2, Fault::File);
    let mut other = of_first_part();
    other[0].1 = b"bai khac".to_vec();
    let other = pack::zip(&text, &signature, &other).expect("a zip");
    check(&other, PACKAGE, 1, 2, Fault::File);
    check(b"", PACKAGE, 1, 2, Fault::Archive);
    check(b"PK\x03\x04", PACKAGE, 1, 2, Fault::Archive);
    check(
        &archive(&[("manifest.sig", b"x")]),
        PACKAGE,
        1,
        2,
        Fault::Manifest,
    );
}

#[test]
fn an_archive_is_no_way_to_the_disk_nor_to_the_memory() {
    let (_, text, signature, _) = package();
    let files = of_first_part();
    let honest = |more: &[(&str, &[u8])]| {
        let mut entries: Vec<(&str, &[u8])> = vec![
            ("manifest.json", text.as_bytes()),
            ("manifest.sig", signature.as_bytes()),
        ];
        entries.extend(files.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
        entries.extend(more);
        archive(&entries)
    };
    let check = |zip: Vec<u8>, want: Fault| {
        assert_eq!(pack::open(&zip, PACKAGE, 1, 2).err(), Some(want));
    };
    assert!(pack::open(&honest(&[]), PACKAGE, 1, 2).is_ok());
    for path in ["../../etc/passwd", "/etc/passwd", "C:\\x", "manifest.json/"] {
        check(honest(&[(path, b"x")]), Fault::Stranger);
    }
    // Sixty megabytes of nothing in a few kilobytes.
    let bomb = vec![b' '; 60 << 20];
    check(
        archive(&[("manifest.json", &bomb), ("manifest.sig", b"x")]),
        Fault::TooLarge,
    );
    check(
        archive(&[
            ("manifest.json", text.as_bytes()),
            ("manifest.sig", &bomb[..2_000]),
        ]),
        Fault::TooLarge,
    );
    let names: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    check(archive(&many), Fault::TooLarge);
    // A signed manifest of somebody who lies about sizes.
    let key = key(3);
    let mut liar = line(1, 1, &[b"bai mot"]);
    liar.files[0].size = 1 << 40;
    let liar = manifest(&key, 1, vec![liar]).text().expect("JSON");
    let zip = pack::zip(&liar, &key.sign(&liar), &files[..1]).expect("a zip");
    assert_eq!(pack::open(&zip, PACKAGE, 1, 1).err(), Some(Fault::TooLarge));
}

#[test]
fn a_manifest_that_cannot_be_is_refused() {
    let key = key(1);
    let good = || manifest(&key, 2, vec![line(1, 1, &[b"x"]), line(2, 2, &[b"y"])]);
    let check = |change: &dyn Fn(&mut Manifest), want: Result<(), Fault>| {
        let mut manifest = good();
        change(&mut manifest);
        let text = manifest.text().expect("JSON");
        assert_eq!(Manifest::read(&text).map(|_| ()), want, "{text}");
    };
    let bad = Err(Fault::Manifest);
    check(&|_| {}, Ok(()));
    check(&|manifest| manifest.format = 2, Err(Fault::Format));
    check(&|manifest| manifest.package = "../x".into(), bad);
    check(&|manifest| manifest.parts = 1, bad);
    check(&|manifest| manifest.parts = 1_000_000, bad);
    check(&|manifest| manifest.entries.clear(), bad);
    check(&|manifest| manifest.entries[0].part = 0, bad);
    check(&|manifest| manifest.entries[0].code = "K7QM".into(), bad);
    check(&|manifest| manifest.entries[0].origin = "a b".into(), bad);
    check(
        &|manifest| manifest.entries[0].files[0].sha256 = "../../x".into(),
        bad,
    );
    check(
        &|manifest| manifest.entries[0].findings[0].file = Some(7),
        bad,
    );
    check(
        &|manifest| manifest.entries[1].code = manifest.entries[0].code.clone(),
        bad,
    );
    assert_eq!(Manifest::read("{}").err(), Some(Fault::Manifest));
    assert_eq!(
        Manifest::read("{\"format\": 7, \"new\": []}").err(),
        Some(Fault::Format)
    );
}

#[test]
fn two_people_can_compare_a_key_on_the_phone() {
    let said = seal::fingerprint(&key(1).public()).expect("a fingerprint");
    let groups: Vec<&str> = said.split(' ').collect();
    assert_eq!(groups.len(), 8, "{said}");
    assert!(groups.iter().all(|group| group.len() == 4), "{said}");
    assert_ne!(Some(said), seal::fingerprint(&key(2).public()));
    assert_eq!(seal::fingerprint("x"), None);
    assert_eq!(
        seal::normal(&format!(" {}\n", key(1).public())),
        Some(key(1).public())
    );
}

#[test]
fn the_head_of_a_mail_says_which_part_it_is() {
    let check = |value: &str, want: Option<(u32, u32)>| {
        let read = read_header(value).map(|(_, n, of)| (n, of));
        assert_eq!(read, want, "{value}");
    };
    check(&format!("{PACKAGE} 2/5"), Some((2, 5)));
    check(&format!(" {PACKAGE}  5/5\r\n"), Some((5, 5)));
    check(&format!("{PACKAGE} 6/5"), None);
    check(&format!("{PACKAGE} 0/5"), None);
    check("../x 1/1", None);
    check("", None);
}

#[test]
fn an_acknowledgement_names_what_is_missing() {
    let said = Acknowledgement {
        format: FORMAT,
        package: PACKAGE.into(),
        manifest: hex(&Sha256::digest(b"x")),
        here: vec![1, 3],
        missing: vec![2],
        entries: 7,
    };
    let bytes = serde_json::to_vec(&said).expect("JSON");
    assert_eq!(Acknowledgement::read(&bytes), Ok(said.clone()));
    let other = Acknowledgement {
        package: "x".into(),
        ..said
    };
    let bytes = serde_json::to_vec(&other).expect("JSON");
    for bytes in [bytes.as_slice(), b"{}", b"", &vec![b' '; 2 << 20]] {
        assert_eq!(Acknowledgement::read(bytes), Err(Fault::Acknowledgement));
    }
}
