//! Essays nobody wrote: prose about online public services, put together from sentences with gaps, each essay
//! another one, always the same for the same seed.

/// Random numbers that are the same on every machine (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const WHO: &[&str] = &[
    "bà ngoại tôi",
    "bác tổ trưởng dân phố",
    "một người hàng xóm bán hàng rau",
    "chú tôi làm nghề lái xe",
    "cô giáo chủ nhiệm cũ",
    "anh cán bộ một cửa của phường",
    "vợ chồng em gái tôi",
    "người bạn cùng cơ quan",
    "ông nội đã ngoài bảy mươi tuổi",
    "chị chủ quán nước đầu ngõ",
];
const WHAT: &[&str] = &[
    "đăng ký khai sinh cho con",
    "xin cấp phiếu lý lịch tư pháp",
    "đăng ký kinh doanh hộ cá thể",
    "đổi giấy phép lái xe",
    "đăng ký thường trú",
    "xin trích lục giấy kết hôn",
    "nộp hồ sơ hưởng chế độ thai sản",
    "cấp lại thẻ bảo hiểm y tế",
    "đăng ký dự tuyển vào lớp 6",
    "xin phép sửa chữa nhà ở",
    "chứng thực bản sao bằng tốt nghiệp",
    "khai báo tạm trú cho khách thuê nhà",
];
const WHEN: &[&str] = &[
    "Mùa hè năm ngoái",
    "Đầu năm nay",
    "Cách đây vài tháng",
    "Một buổi tối cuối tuần",
    "Hôm trời mưa to",
    "Ngay trước kỳ nghỉ lễ",
    "Vào đúng đợt cao điểm tuyển sinh",
    "Tuần đầu tháng Tư",
];
const DEVICE: &[&str] = &[
    "chiếc điện thoại cũ",
    "máy tính ở nhà văn hóa",
    "máy tính bảng của con",
    "máy tính của cơ quan",
    "quán nước có mạng không dây",
    "máy tra cứu đặt ở bộ phận một cửa",
];
const GAIN: &[&str] = &[
    "không phải nghỉ làm cả buổi",
    "không mất tiền gửi xe và công đi lại",
    "biết rõ hồ sơ đang ở bước nào",
    "không còn lo thiếu giấy tờ khi tới nơi",
    "nhận kết quả ngay tại nhà qua bưu điện",
    "không phải nhờ vả hay chờ đợi ai",
    "thấy từng khoản phí được ghi công khai",
    "có thể làm vào buổi tối sau giờ cơm",
];
const HURDLE: &[&str] = &[
    "ảnh chụp giấy tờ bị mờ nên hệ thống không nhận",
    "mã xác nhận gửi về số điện thoại đã bỏ từ lâu",
    "biểu mẫu dùng nhiều từ chuyên môn khó hiểu",
    "đường truyền chập chờn giữa chừng",
    "tài khoản bị khóa vì gõ sai mật khẩu ba lần",
    "phần thanh toán chưa hỗ trợ ngân hàng đang dùng",
    "tên đường trong danh mục chưa kịp cập nhật",
];
const IDEA: &[&str] = &[
    "mỗi tổ dân phố có một nhóm thanh niên hướng dẫn tận nhà",
    "cổng dịch vụ có thêm hướng dẫn bằng giọng nói cho người cao tuổi",
    "các biểu mẫu được viết lại bằng lời lẽ ngắn gọn",
    "giấy tờ đã nộp một lần thì lần sau không phải nộp lại",
    "trường học dành một tiết ngoại khóa để thực hành nộp hồ sơ",
    "phường công khai số hồ sơ đúng hạn mỗi tuần trên bảng tin",
    "cán bộ gọi điện lại trong ngày khi hồ sơ còn thiếu",
    "có một đường dây hỏi đáp hoạt động cả ngoài giờ hành chính",
];
const NUMBER: &[&str] = &[
    "ba",
    "bốn",
    "năm",
    "sáu",
    "bảy",
    "tám",
    "mười",
    "mười hai",
    "mười lăm",
];

const OPENING: &[&str] = &[
    "Dịch vụ công trực tuyến là việc cơ quan nhà nước giải quyết thủ tục cho người dân qua mạng, để người dân {gain}.",
    "Khi nghe nói tới dịch vụ công trực tuyến, {who} lắc đầu bảo đó là chuyện của người trẻ, nhưng nay đã nghĩ khác.",
    "Tôi viết bài này từ chính câu chuyện của gia đình mình, khi cả nhà cùng tìm cách {what} mà không phải tới trụ sở.",
    "Có những thay đổi rất lặng lẽ trong đời sống hằng ngày, và việc {what} qua mạng là một thay đổi như thế.",
    "Nếu được hỏi điều gì làm thủ tục hành chính gần dân hơn, tôi sẽ trả lời ngay rằng đó là dịch vụ công trực tuyến.",
    "Trước đây, muốn {what}, {who} phải đi lại {number} lần và lần nào cũng mất trọn buổi sáng.",
];
const STORY: &[&str] = &[
    "{when}, {who} cần {what} và nhờ tôi làm giúp trên {device}.",
    "Chúng tôi cùng ngồi trước {device}, đọc kỹ từng mục rồi mới điền, mất chừng {number} phút.",
    "Điều khiến tôi nhớ nhất là {who} đã cười rất tươi khi thấy tin nhắn báo hồ sơ được tiếp nhận.",
    "{when}, chính tôi cũng tự mình {what} và {gain}.",
    "Sau {number} ngày làm việc, kết quả được trả đúng hẹn, không sớm hơn nhưng cũng không muộn một ngày nào.",
    "Lúc đầu {hurdle}, phải làm lại tới lần thứ hai mới xong.",
    "Nhờ có mã hồ sơ, {who} tra cứu được mọi lúc và {gain}.",
    "Tôi ghi lại từng bước vào cuốn sổ nhỏ để lần sau {who} có thể tự làm trên {device}.",
    "Không khí ở bộ phận một cửa hôm ấy vắng hẳn, vì phần lớn bà con đã quen {what} từ nhà.",
    "{when}, cả lớp tôi được nghe kể về một gia đình ở xa trung tâm vẫn {what} chỉ bằng {device}.",
];
const BENEFIT: &[&str] = &[
    "Lợi ích dễ thấy nhất đối với người dân là {gain}.",
    "Đối với cơ quan nhà nước, hồ sơ điện tử giúp giảm giấy tờ lưu kho và cán bộ có thêm thời gian hướng dẫn bà con.",
    "Quan trọng hơn, mọi bước xử lý đều để lại dấu vết, nên ai cũng yên tâm rằng hồ sơ của mình được đối xử như hồ sơ của người khác.",
    "Một lợi ích khác ít người nhắc tới là {gain}, nhất là với người khuyết tật và người già yếu.",
    "Tính ra, nếu mỗi gia đình bớt được {number} lượt đi lại trong một năm thì cả thành phố tiết kiệm được rất nhiều công sức.",
    "Theo tôi, khi người dân {gain}, niềm tin vào chính quyền cũng lớn dần lên từng chút một.",
];
const TROUBLE: &[&str] = &[
    "Tuy nhiên, không phải lúc nào mọi việc cũng trôi chảy: có lần {hurdle}.",
    "Khó khăn lớn nhất mà {who} gặp phải là {hurdle}.",
    "Nhiều người còn e ngại vì sợ lộ thông tin cá nhân, hoặc vì {hurdle}.",
    "Tôi cũng từng nản lòng khi {hurdle}, mà không biết hỏi ai.",
    "Khoảng cách giữa người quen dùng mạng và người chưa quen vẫn còn, bởi {hurdle}.",
];
const ADVICE: &[&str] = &[
    "Từ thực tế đó, tôi đề nghị {idea}.",
    "Tôi mong rằng {idea}, vì như vậy {who} sẽ bớt lo lắng.",
    "Giải pháp thứ hai là {idea}; việc này không tốn kém mà làm được ngay.",
    "Ngoài ra, nếu {idea} thì số hồ sơ nộp qua mạng chắc chắn sẽ tăng lên.",
    "Về lâu dài, cần làm sao để {idea}.",
    "Bản thân tôi xin nhận hướng dẫn {number} gia đình trong khu để {what} qua mạng.",
];
const CLOSING: &[&str] = &[
    "Dịch vụ công trực tuyến chỉ thật sự thành công khi {who} cũng dùng được một cách tự tin.",
    "Tôi tin rằng trong vài năm tới, chuyện {what} ngay trên {device} sẽ là điều bình thường như gọi một cuộc điện thoại.",
    "Một nền hành chính phục vụ bắt đầu từ những việc nhỏ như thế, và mỗi người dân đều có phần của mình.",
    "Xin cảm ơn cuộc thi đã cho tôi dịp kể lại câu chuyện này; mong rằng {idea}.",
];

/// An essay of about `words` words in paragraphs; another seed gives another essay.
pub fn essay(seed: u64, words: usize) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let mut paragraphs = vec![paragraph(&mut dice, OPENING, 3)];
    let sections: [&[&str]; 4] = [STORY, BENEFIT, TROUBLE, ADVICE];
    let mut section = 0;
    while count(&paragraphs) + 60 < words {
        let sentences = 3 + dice.below(3);
        paragraphs.push(paragraph(&mut dice, sections[section % 4], sentences));
        section += 1;
    }
    paragraphs.push(paragraph(&mut dice, CLOSING, 2));
    paragraphs
}

fn count(paragraphs: &[String]) -> usize {
    paragraphs
        .iter()
        .map(|text| text.split_whitespace().count())
        .sum()
}

fn paragraph(dice: &mut Dice, sentences: &[&str], count: usize) -> String {
    let start = dice.below(sentences.len());
    let said: Vec<String> = (0..count.min(sentences.len()))
        .map(|n| filled(dice, sentences[(start + n) % sentences.len()]))
        .collect();
    said.join(" ")
}

fn filled(dice: &mut Dice, sentence: &str) -> String {
    let mut text = sentence.to_owned();
    for (gap, words) in [
        ("{who}", WHO),
        ("{what}", WHAT),
        ("{when}", WHEN),
        ("{device}", DEVICE),
        ("{gain}", GAIN),
        ("{hurdle}", HURDLE),
        ("{idea}", IDEA),
        ("{number}", NUMBER),
    ] {
        while text.contains(gap) {
            text = text.replacen(gap, dice.pick(words), 1);
        }
    }
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}
