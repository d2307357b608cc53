//! What a clerk starts an answer from.

/// A template answer: short name and text.
pub struct Reply {
    pub name: &'static str,
    pub text: String,
}

/// What a clerk may start an answer from.
pub fn replies(
    contest: &str,
    unit: &str,
    deadline: Option<&str>,
    phone: Option<&str>,
) -> Vec<Reply> {
    let phone = phone.map_or(String::new(), |phone| format!(" hoặc gọi số {phone}"));
    let when = deadline.map_or(String::new(), |phrase| format!(" {phrase}"));
    let letter = |body: &str| {
        format!(
            "Kính gửi người dự thi,\n\n{body}\n\nNếu cần hỏi thêm, xin trả lời thư này{phone}.\n\nTrân trọng,\nTổ Thư ký cuộc thi “{contest}” – {unit}\n"
        )
    };
    vec![
        Reply {
            name: "Trả lời chung",
            text: letter("Ban Tổ chức đã nhận được thư của Ông/Bà/bạn và xin trả lời như sau:\n\n"),
        },
        Reply {
            name: "Đề nghị gửi lại tệp",
            text: letter(
                "Ban Tổ chức đã nhận được thư nhưng chưa mở được tệp kèm theo. Đề nghị gửi lại bài dự thi dạng Word (.docx) hoặc PDF, không đặt mật khẩu.",
            ),
        },
        Reply {
            name: "Thư chưa có bài",
            text: letter(&format!(
                "Ban Tổ chức đã nhận được thư nhưng trong thư chưa có bài dự thi. Đề nghị gửi lại thư có kèm tệp bài dự thi{when}."
            )),
        },
        Reply {
            name: "Đề nghị bổ sung thông tin",
            text: letter(
                "Ban Tổ chức đã nhận được bài dự thi. Đề nghị bổ sung: họ và tên, ngày sinh, đơn vị hoặc trường (lớp), địa chỉ và số điện thoại liên hệ.",
            ),
        },
    ]
}

/// The subject of an answer.
pub fn subject(subject: &str) -> String {
    let subject = subject.trim();
    if subject.to_lowercase().starts_with("re:") {
        subject.to_owned()
    } else if subject.is_empty() {
        "Re: thư gửi Ban Tổ chức".to_owned()
    } else {
        format!("Re: {subject}")
    }
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn an_answer_keeps_the_subject_of_the_mail() {
        let check = |asked: &str, want: &str| assert_eq!(subject(asked), want);
        check("Re: Hỏi", "Re: Hỏi");
        check("Hỏi", "Re: Hỏi");
        check(" ", "Re: thư gửi Ban Tổ chức");
    }
}
