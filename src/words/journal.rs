//! What was done, for the bar after an act and for the journal.

/// "Đã … " after an act; `kind` is the act's word, `note` what it wrote down.
pub fn done(kind: &str, note: &serde_json::Value, unit: Option<&str>) -> String {
    let text = |key: &str| note.get(key).and_then(|value| value.as_str());
    let code = text("code").map_or("bài".to_owned(), |code| format!("bài {code}"));
    match kind {
        "assign_unit" => match unit {
            Some(unit) => format!("Đã giao {code} cho {unit}."),
            None => format!("Đã giao đơn vị cho {code}."),
        },
        "not_an_entry" if text("code").is_some() => {
            format!("Đã ghi {code} không phải bài dự thi.")
        }
        "not_an_entry" => "Đã ghi thư này không phải bài dự thi.".into(),
        "make_entry" => {
            "Đã ghi thư này là bài dự thi; máy đang tiếp nhận và gửi thư xác nhận.".into()
        }
        "accept_time" => format!("Đã chấp nhận giờ nhận của {code}."),
        "join" => match text("into") {
            Some(into) => format!("Đã ghép {code} vào bài {into}."),
            None => format!("Đã ghép {code}."),
        },
        "replace" => match text("into") {
            Some(into) => format!("Đã lấy {code} thay bài {into}; bản trước vẫn được lưu."),
            None => format!("Đã lấy {code} thay bài trước; bản trước vẫn được lưu."),
        },
        "stand" => {
            let n = note
                .get("n")
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default();
            format!("Đã chọn bản thứ {n} của {code} để tính; các bản khác vẫn được lưu.")
        }
        "split" => {
            let made = note
                .get("made")
                .and_then(|made| made.as_array())
                .map_or(0, Vec::len);
            format!("Đã tách {made} tệp của {code} thành bài riêng.")
        }
        "correct" => format!("Đã sửa thông tin của {code}."),
        "cover" => format!("Đã ghi chữ cần che của {code}; máy đang rọc phách lại."),
        "vouch" => {
            format!("Đã xác nhận {code} không có thông tin người dự thi; máy đang rọc phách lại.")
        }
        "pages" => {
            let pages = note
                .get("pages")
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default();
            format!(
                "Đã giao {pages} trang của {code} cho giám khảo; máy đang che các phần đã đánh dấu."
            )
        }
        "reply" if note.get("open").and_then(serde_json::Value::as_bool) == Some(true) => {
            "Đã soạn thư trả lời; thư được gửi sau 1 phút. Việc này vẫn để mở, chờ quyết định."
                .into()
        }
        "reply" => "Đã soạn thư trả lời; thư được gửi sau 1 phút.".into(),
        "retry" => "Đã cho máy làm lại.".into(),
        "remove" => "Đã xác nhận xóa dữ liệu cá nhân của cuộc thi; máy bắt đầu sau 24 giờ, trong lúc đó còn hoàn tác được.".into(),
        "erase" => {
            let by = text("paper").map_or(String::new(), |paper| format!(" theo {paper}"));
            format!("Đã xác nhận xóa dữ liệu của người gửi {code}{by}; máy bắt đầu sau 24 giờ, trong lúc đó còn hoàn tác được.")
        }
        "close" if text("matter") == Some("retention") => {
            "Chưa xóa dữ liệu cá nhân; máy sẽ nhắc lại sau 30 ngày.".into()
        }
        "close" => "Đã đóng việc này, không cần xử lý thêm.".into(),
        "hand_over" => {
            let n = note
                .get("entries")
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default();
            let to = unit.map_or(String::new(), |unit| format!(" cho {unit}"));
            format!(
                "Đã bàn giao {} bài{to}; thư được gửi sau ít phút, trong lúc đó còn hoàn tác được.",
                super::time::number(n)
            )
        }
        "resend" => "Đã cho gửi lại các thư bàn giao chưa được xác nhận.".into(),
        "settle" => {
            let codes: Vec<&str> = note
                .get("codes")
                .and_then(|codes| codes.as_array())
                .into_iter()
                .flatten()
                .filter_map(|code| code.as_str())
                .collect();
            let kept = text("kept").unwrap_or("khác");
            let mut said = match text("ruling") {
                Some("resent") => {
                    format!("Đã ghi {} là bản nộp lại của bài {kept}.", codes.join(", "))
                }
                Some("copied") => format!(
                    "Đã ghi {} là bài sao chép, không đưa vào chấm; giữ bài {kept}.",
                    codes.join(", ")
                ),
                Some("quoted") => "Đã ghi các bài của nhóm trích dẫn chung, giữ tất cả.".to_owned(),
                Some(_) | None => "Đã ghi các bài của nhóm không trùng, giữ tất cả.".to_owned(),
            };
            if let Some(reason) = text("reason").filter(|reason| !reason.is_empty()) {
                said.push_str(&format!(" Lý do: {reason}"));
            }
            said
        }
        "mailing_write" | "mailing_release" | "mailing_stop" | "mailing_resume" | "mailing_drop" => {
            let recipients = note.get("recipients").and_then(serde_json::Value::as_i64);
            super::mailing::done(kind, recipients).unwrap_or_else(|| "Đã xử lý.".into())
        }
        "word" => {
            let form = note.get("form").cloned().unwrap_or_default();
            let shipped = note.get("shipped").and_then(serde_json::Value::as_bool) == Some(true);
            match serde_json::from_value(form) {
                Ok(form) => super::wording::saved(super::wording::form(form).0, shipped),
                Err(_) => "Đã sửa mẫu thư.".into(),
            }
        }
        "take_in" if text("key").is_some() => {
            let of = unit.map_or(String::new(), |unit| format!(" của {unit}"));
            format!("Đã tin khóa{of}; máy đang nhận các bài bàn giao.")
        }
        "take_in" => "Đã cho nhận lại gói bàn giao.".into(),
        _other_version => "Đã xử lý.".into(),
    }
}

/// After an undo.
pub const UNDONE: &str = "Đã hoàn tác. Mọi thông tin trở lại như trước.";

/// An event's word as people say it; words of other parts of the program stay out of the page.
pub fn event(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "act.assign_unit" => "Giao đơn vị",
        "act.not_an_entry" => "Ghi không phải bài dự thi",
        "act.make_entry" => "Ghi là bài dự thi",
        "act.accept_time" => "Chấp nhận giờ nhận",
        "act.join" => "Ghép bài",
        "act.replace" => "Lấy bản mới thay bản trước",
        "act.stand" => "Chọn bản được tính",
        "act.split" => "Tách bài",
        "act.correct" => "Sửa thông tin",
        "act.cover" => "Che chữ trong bản giao giám khảo",
        "act.vouch" => "Xác nhận bài không có thông tin người dự thi",
        "act.reply" => "Soạn thư trả lời",
        "act.retry" => "Cho máy làm lại",
        "act.close" => "Đóng việc",
        "act.hand_over" => "Bàn giao bài",
        "act.resend" => "Gửi lại thư bàn giao",
        "act.take_in" => "Nhận gói bàn giao",
        "act.settle" => "Kết luận về nhóm bài trùng nhau",
        "act.mailing_write" => "Soạn thư gửi nhiều người",
        "act.mailing_release" => "Duyệt thư gửi nhiều người",
        "act.mailing_stop" => "Dừng thư gửi nhiều người",
        "act.mailing_resume" => "Gửi tiếp thư cho nhiều người",
        "act.mailing_drop" => "Bỏ thư gửi nhiều người",
        "mailing.done" => "Soạn hết thư gửi nhiều người",
        "act.word" => "Sửa mẫu thư",
        "act.remove" => "Xác nhận xóa dữ liệu cá nhân",
        "act.erase" => "Xác nhận xóa dữ liệu theo đề nghị của người dự thi",
        "entry.spared" => "Giữ lại dữ liệu: bài đã được chọn hoặc đã bàn giao",
        "entry.removed" => "Xóa dữ liệu cá nhân của bài",
        "message.removed" => "Xóa nội dung thư",
        "entry.received" => "Tiếp nhận bài",
        "entry.in_time_by_plan" => "Đúng hạn theo thời hạn mới",
        "entry.late_by_plan" => "Nộp muộn theo thời hạn mới",
        "entry.replaced" => "Bản nộp lại thay bản trước",
        "entry.kept_beside" => "Lưu bản nộp lại, bản trước vẫn được tính",
        "entry.excluded_by_plan" => "Xem lại theo danh sách không được dự thi mới",
        "entry.resent" => "Nhận lại bài đã có",
        "delivery.stored" => "Lưu thư",
        "delivery.imported" => "Lưu thư lấy từ tệp",
        "delivery.oversize" => "Để thư quá lớn trên máy chủ",
        "delivery.vanished" => "Thư không còn trên máy chủ",
        "message.sorted" => "Đọc thư",
        "message.quarantined" => "Để riêng thư không đọc được",
        "letter.sent" => "Gửi thư",
        "letter.failed" => "Chưa gửi được thư",
        _ => {
            if kind.starts_with("undo.") {
                "Hoàn tác"
            } else {
                return None;
            }
        }
    })
}
