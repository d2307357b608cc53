//! Set phrases by which a short mail shows what it is: a question, an answer of a machine, a promise of a file.
//! All phrases are folded (no case, no diacritics), because many people write without.

use crate::text::fold;

/// Holds the phrase as whole words.
fn has(folded: &str, phrase: &str) -> bool {
    format!(" {folded} ").contains(&format!(" {phrase} "))
}

fn any(folded: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has(folded, phrase))
}

/// Whether the text asks something in so many words.
pub fn asks_plainly(text: &str) -> bool {
    any(
        &fold(text),
        &[
            "xin hoi",
            "cho hoi",
            "cho em hoi",
            "cho toi hoi",
            "cho minh hoi",
            "cho con hoi",
            "cho chau hoi",
            "em hoi",
            "muon hoi",
            "can hoi",
            "duoc hoi",
            "hoi ve",
            "hoi dap",
            "cau hoi gui",
            "thac mac",
            "vuong mac",
            "giai dap",
            "tu van giup",
            "huong dan giup",
            "xin huong dan",
            "nho huong dan",
            "mong huong dan",
            "kho khan",
            "lam the nao de",
            "hoi them",
        ],
    )
}

/// Whether the text looks like a question at all.
pub fn asks(text: &str) -> bool {
    asks_plainly(text)
        || text.contains('?')
        || any(
            &fold(text),
            &[
                "han nop", "bao gio", "khi nao", "co duoc khong", "co phai khong", "nhu the nao", "the nao a",
                "o dau a", "duoc khong a", "duoc khong", "da nhan duoc chua", "nhan duoc chua", "chua a",
            ],
        )
        // With its tone mark only: without it "hỏi" is also "hội", the word of every association.
        || text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "hỏi")
}

/// Whether the text says that a file comes with it.
pub fn promises_file(text: &str) -> bool {
    any(
        &fold(text),
        &[
            "dinh kem",
            "gui kem",
            "kem theo",
            "kem file",
            "file kem",
            "tep kem",
            "trong file",
            "trong tep",
            "o file",
            "file duoi",
            "attached",
            "attachment",
            "file bai",
            "file du thi",
        ],
    )
}

/// Whether the text announces an essay.
pub fn announces_essay(text: &str) -> bool {
    any(
        &fold(text),
        &[
            "gui bai",
            "nop bai",
            "xin gui",
            "bai du thi",
            "bai thi",
            "gui bai du thi",
            "gui lai bai",
            "bai viet du thi",
        ],
    )
}

/// Subjects of vacation programs, English and Vietnamese.
pub fn is_vacation_subject(subject: &str) -> bool {
    let folded = fold(subject);
    [
        "tra loi tu dong",
        "tu dong tra loi",
        "phan hoi tu dong",
        "thu tra loi tu dong",
        "automatic reply",
        "auto reply",
        "autoreply",
        "auto response",
        "out of office",
        "out of the office",
        "vang mat",
        "nghi phep",
        "dang di vang",
    ]
    .iter()
    .any(|start| folded == *start || folded.starts_with(&format!("{start} ")))
}

/// The host of the first link into a cloud store.
pub fn cloud_link(texts: &[&str]) -> Option<String> {
    const HOSTS: [&str; 20] = [
        "drive.google.com",
        "docs.google.com",
        "photos.google.com",
        "photos.app.goo.gl",
        "1drv.ms",
        "onedrive.live.com",
        "sharepoint.com",
        "dropbox.com",
        "fshare.vn",
        "mediafire.com",
        "icloud.com",
        "wetransfer.com",
        "we.tl",
        "mega.nz",
        "mega.io",
        "box.com",
        "terabox.com",
        "zdn.vn",
        "zaloapp.com",
        "zalo.me",
    ];
    texts.iter().find_map(|text| {
        text.match_indices("http").find_map(|(at, _)| {
            let rest = text.get(at..)?;
            let after = rest
                .strip_prefix("https://")
                .or_else(|| rest.strip_prefix("http://"))?;
            let end = after
                .find(|c: char| c.is_whitespace() || "\"'<>)".contains(c))
                .unwrap_or(after.len());
            let (host, path) = match after.get(..end)?.split_once('/') {
                Some((host, path)) => (host.to_ascii_lowercase(), path),
                None => (after.get(..end)?.to_ascii_lowercase(), ""),
            };
            let known = HOSTS
                .iter()
                .any(|known| host == *known || host.ends_with(&format!(".{known}")));
            // zalo.me/0912… is a telephone number in a signature, not a file.
            let contact = host == "zalo.me" && path.starts_with(|c: char| c.is_ascii_digit());
            (known && !path.is_empty() && !contact).then_some(host)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::cloud_link;

    #[test]
    fn links_to_cloud_stores_are_told_from_contacts() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(cloud_link(&[text]).as_deref(), want, "{text}");
        };
        check(
            "Bài của em: https://drive.google.com/file/d/1/view?usp=sharing",
            Some("drive.google.com"),
        );
        check(
            "<a href=\"https://abc-my.sharepoint.com/x\">bài</a>",
            Some("abc-my.sharepoint.com"),
        );
        check("https://zalo.me/0912345678", None);
        check("https://dichvucong.gov.vn/p/home", None);
        check("https://evildrive.google.com.example/x", None);
        check("http", None);
    }
}
