//! What the pages of the desk read, each within the units of the person who looks.

use phach::db::Error;
use phach::db::account;
use phach::db::matter::Subject;
use phach::db::view;
use phach::db::view::Filter;
use phach::entry::EntryState;
use phach::entry::LetterState;
use phach::entry::MatterKind;

use super::day::Day;
use super::day::HOUR;
use super::day::scope;
use super::house::NOW;
use super::house::on_both;

#[tokio::test]
async fn the_figures_of_a_desk_are_those_of_its_units() {
    on_both(async |house| {
        Day::spend(&house).await;
        let db = &house.db;
        let mut told = Vec::new();
        for codes in [&["hoan-kiem", "ba-dinh"][..], &["ba-dinh"], &[]] {
            let scope = scope(&house, codes);
            let figures = view::figures(db, &scope).await.unwrap();
            let hours = view::intake(db, &scope).await.unwrap();
            let matters = view::matters_by_kind(db, &scope).await.unwrap();
            let letters = view::letters_by_state(db, &scope).await.unwrap();
            let mailboxes: Vec<(String, i64)> = view::mailboxes(db, &scope)
                .await
                .unwrap()
                .into_iter()
                .map(|(mailbox, held)| (mailbox.address, held))
                .collect();
            told.push((figures, hours, matters, letters, mailboxes));
        }
        let (figures, hours, matters, letters, mailboxes) = &told[0];
        let want = view::Figures {
            entries: 2,
            receipts: 1,
            matters: 2,
            resends: 1,
            late: 1,
        };
        assert_eq!(*figures, want);
        assert_eq!(*hours, [(NOW / HOUR, 1), (NOW / HOUR + 2, 1)]);
        assert_eq!(
            *matters,
            [
                (MatterKind::Late, 1, NOW + 2),
                (MatterKind::Route, 1, NOW + 3)
            ]
        );
        assert_eq!(*letters, [(LetterState::Queued, 1), (LetterState::Sent, 1)]);
        let held = [
            ("badinh@duthi.example".to_owned(), 2),
            ("hoankiem@duthi.example".to_owned(), 1),
        ];
        assert_eq!(*mailboxes, held);
        assert_eq!(
            (told[1].0.entries, told[1].0.receipts, told[1].0.late),
            (1, 0, 1)
        );
        assert_eq!(told[2].0, view::Figures::default());
        told
    })
    .await;
}

#[tokio::test]
async fn what_is_of_another_unit_does_not_exist() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let db = &house.db;
        let (own, other) = (scope(&house, &["hoan-kiem"]), scope(&house, &["ba-dinh"]));
        let missing =
            |said: Option<Error>| assert!(matches!(said, Some(Error::Missing)), "{said:?}");

        assert_eq!(view::entry(db, &own, day.anh.id).await.unwrap(), day.anh);
        missing(view::entry(db, &other, day.anh.id).await.err());
        assert_eq!(
            view::entry_by_code(db, &other, "CCCC-CCCC-C")
                .await
                .unwrap(),
            day.binh
        );
        missing(view::entry_by_code(db, &own, "CCCC-CCCC-C").await.err());
        assert_eq!(
            view::file(db, &own, day.anh_file).await.unwrap().pages,
            Some(3)
        );
        missing(view::file(db, &other, day.anh_file).await.err());
        assert_eq!(
            view::matter(db, &own, day.route).await.unwrap().id,
            day.route
        );
        missing(view::matter(db, &other, day.route).await.err());
        assert_eq!(
            view::message(db, &own, day.mail).await.unwrap().id,
            day.mail
        );
        missing(view::message(db, &own, day.other_mail).await.err());
        // A copy that came to Ba Đình brought an entry of Hoàn Kiếm: both see it.
        assert!(view::message(db, &own, day.copy).await.is_ok());
        assert!(view::message(db, &other, day.copy).await.is_ok());
        let file = view::mail_files(db, day.mail).await.unwrap().remove(0);
        assert_eq!(view::mail_file(db, &own, file.id).await.unwrap(), file);
        missing(view::mail_file(db, &other, file.id).await.err());
        assert_eq!(
            view::letter(db, &own, day.receipt).await.unwrap().id,
            day.receipt
        );
        missing(view::letter(db, &other, day.receipt).await.err());
        missing(view::letter(db, &own, day.login).await.err());
        assert_eq!(view::deed(db, &own, day.act).await.unwrap().by, "Cán bộ");
        missing(view::deed(db, &other, day.act).await.err());

        assert_eq!(view::answers(db, &own, day.mail).await.unwrap().len(), 2);
        assert_eq!(view::answers(db, &other, day.mail).await.unwrap(), []);
        let brought = view::entries_of(db, &own, day.mail).await.unwrap();
        assert_eq!(brought, [(day.anh.id, "AAAA-AAAA-A".to_owned())]);
        assert_eq!(view::entries_of(db, &other, day.mail).await.unwrap(), []);
        let about = view::matters_about(db, &own, Subject::Entry, day.anh.id)
            .await
            .unwrap();
        assert_eq!(about.len(), 1);
        assert_eq!(
            view::matters_about(db, &other, Subject::Entry, day.anh.id)
                .await
                .unwrap(),
            []
        );
        assert_eq!(view::deeds(db, &own, 0).await.unwrap().len(), 1);
        assert_eq!(view::deeds(db, &own, 1).await.unwrap(), []);
        assert_eq!(view::deeds(db, &other, 0).await.unwrap(), []);
        let deeds = view::deeds_about(db, &own, Subject::Entry, day.anh.id)
            .await
            .unwrap();
        assert_eq!(deeds.len(), 1);
        assert_eq!(
            view::deeds_about(db, &other, Subject::Entry, day.anh.id)
                .await
                .unwrap(),
            []
        );
        let both = scope(&house, &["hoan-kiem", "ba-dinh"]);
        let matters = async |scope, kind, page| -> Vec<i64> {
            let found = view::matters(db, scope, kind, page).await.unwrap();
            found.iter().map(|matter| matter.id).collect()
        };
        assert_eq!(
            matters(&both, None, 0).await,
            [day.late, day.route],
            "oldest first"
        );
        assert!(matters(&both, None, 1).await.is_empty());
        assert_eq!(
            matters(&both, Some(MatterKind::Route), 0).await,
            [day.route]
        );
        assert!(matters(&own, Some(MatterKind::Late), 0).await.is_empty());
        let next = async |scope, kind| view::next_matter(db, scope, kind).await.unwrap();
        assert_eq!(next(&both, MatterKind::Route).await, Some(day.route));
        assert_eq!(next(&both, MatterKind::Clock).await, Some(day.late));
        assert_eq!(next(&scope(&house, &[]), MatterKind::Route).await, None);
    })
    .await;
}

#[tokio::test]
async fn entries_are_listed_newest_first_and_found_by_name_and_code() {
    on_both(async |house| {
        Day::spend(&house).await;
        let both = scope(&house, &["hoan-kiem", "ba-dinh"]);
        let list = async |filter: &Filter| -> Vec<String> {
            let (lines, total) = view::entries(&house.db, &both, filter, 0).await.unwrap();
            assert_eq!(lines.len() as i64, total);
            lines.iter().map(|line| line.receipt_code.clone()).collect()
        };
        let all = Filter::default();
        assert_eq!(
            list(&all).await,
            ["CCCC-CCCC-C", "DDDD-DDDD-D", "AAAA-AAAA-A"]
        );
        let search = |text: &str| Filter {
            search: text.to_owned(),
            ..Filter::default()
        };
        for (text, want) in [
            ("ÁNH", &["AAAA-AAAA-A"][..]),
            ("nguyen thi", &["AAAA-AAAA-A"]),
            ("cccc cc", &["CCCC-CCCC-C"]),
            ("không ai\0", &[]),
            ("100%", &[]),
        ] {
            assert_eq!(list(&search(text)).await, want, "{text}");
        }
        let of_state = Filter {
            state: Some(EntryState::SetAside),
            ..Filter::default()
        };
        assert_eq!(list(&of_state).await, ["DDDD-DDDD-D"]);
        let of_unit = Filter {
            unit: Some(house.unit("ba-dinh")),
            ..Filter::default()
        };
        assert_eq!(list(&of_unit).await, ["CCCC-CCCC-C"]);
        let late = Filter {
            late: true,
            ..Filter::default()
        };
        assert_eq!(list(&late).await, ["CCCC-CCCC-C"]);
        let (beyond, total) = view::entries(&house.db, &both, &all, 1).await.unwrap();
        assert_eq!((beyond, total), (Vec::new(), 3));
        let nothing = scope(&house, &[]);
        assert_eq!(
            view::entries(&house.db, &nothing, &all, 0).await.unwrap().1,
            0
        );
        let (lines, _) = view::entries(&house.db, &both, &all, 0).await.unwrap();
        lines
            .into_iter()
            .map(|line| {
                (
                    line.name,
                    line.state,
                    line.timeliness,
                    line.resends,
                    line.matters,
                )
            })
            .collect::<Vec<_>>()
    })
    .await;
}

#[tokio::test]
async fn the_outbox_shows_every_letter_but_those_with_a_secret() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let db = &house.db;
        let own = scope(&house, &["hoan-kiem"]);
        let (lines, total) = view::letters(db, &own, None, 0).await.unwrap();
        assert_eq!((lines.len(), total), (2, 2));
        assert!(lines.iter().all(|line| line.id != day.login));
        let (sent, total) = view::letters(db, &own, Some(LetterState::Sent), 0)
            .await
            .unwrap();
        assert_eq!((sent[0].id, sent[0].attempts, total), (day.receipt, 2, 1));
        assert_eq!(
            view::letters(db, &own, None, 1).await.unwrap(),
            (Vec::new(), 2)
        );
        let tries = view::attempts(db, day.receipt).await.unwrap();
        let outcomes: Vec<&str> = tries
            .iter()
            .map(|attempt| attempt.outcome.as_str())
            .collect();
        assert_eq!(outcomes, ["again", "sent"]);
        tries
    })
    .await;
}

#[tokio::test]
async fn small_questions_of_the_pages_are_answered() {
    on_both(async |house| {
        let day = Day::spend(&house).await;
        let db = &house.db;
        assert_eq!(
            view::message_of(db, &day.anh).await.unwrap(),
            Some(day.mail)
        );
        assert_eq!(
            view::message_of(db, &day.nobody).await.unwrap(),
            Some(day.copy)
        );
        let paper = phach::db::entry::Entry {
            submission_id: 1,
            ..day.anh.clone()
        };
        assert_eq!(view::message_of(db, &paper).await.unwrap(), None);
        let events = view::events(db, "entry", day.anh.id).await.unwrap();
        let want = [
            ("entry.held".to_owned(), NOW + 1),
            ("entry.queued".to_owned(), NOW + 9),
        ];
        assert_eq!(events, want);
        assert_eq!(account::get(db, day.account).await.unwrap().name, "Cán bộ");
        let id = day.account;
        house
            .run(&format!(
                "UPDATE account SET disabled_at = {NOW} WHERE id = {id}"
            ))
            .await;
        let disabled = account::get(db, day.account).await;
        assert!(matches!(disabled, Err(Error::Missing)), "{disabled:?}");
    })
    .await;
}
