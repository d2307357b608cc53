//! People who do not exist: names, birth dates, addresses and phones, and the ways they write them down.

use phach::text::fold;

use super::places::Spot;
use super::prose::Dice;

/// A participant.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub email: String,
    /// Year, month, day.
    pub birth: (i16, u8, u8),
    /// School or office; empty for those who belong to none.
    pub house: String,
    /// "9A2" for pupils.
    pub class: String,
    pub address: String,
    /// Digits.
    pub phone: String,
}

/// What somebody is within a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Pupil,
    Staff,
    Resident,
}

const FAMILY: &[&str] = &[
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Dương", "Ngô", "Lý",
];
const MIDDLE: &[&str] = &[
    "Thị", "Văn", "Minh", "Thu", "Đức", "Ngọc", "Quang", "Hồng", "Thanh", "Hữu",
];
const GIVEN: &[&str] = &[
    "Ánh", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Liên", "Mạnh", "Nga", "Oanh", "Phúc",
    "Quỳnh", "Sơn", "Thủy", "Uyên", "Vượng", "Yến", "Đạt", "Hiếu",
];
const STREET: &[&str] = &[
    "phố Hoa Sữa",
    "ngõ 12 phố Bằng Lăng",
    "phố Cây Gạo",
    "ngách 3/45 phố Lộc Vừng",
    "phố Bờ Hồ",
];

impl Person {
    /// The `number`-th person, who belongs to `spot`, in a contest of that year.
    pub fn new(number: usize, sort: Sort, spot: &Spot, year: i16, dice: &mut Dice) -> Person {
        let name = format!(
            "{} {} {}",
            FAMILY[number % FAMILY.len()],
            MIDDLE[(number / 3 + dice.below(3)) % MIDDLE.len()],
            GIVEN[(number * 7) % GIVEN.len()]
        );
        let born = match sort {
            Sort::Pupil => year - 15 + dice.below(3) as i16,
            Sort::Staff => 1965 + dice.below(30) as i16,
            Sort::Resident => 1945 + dice.below(50) as i16,
        };
        let house = match sort {
            Sort::Resident => String::new(),
            Sort::Pupil | Sort::Staff => format!("{}, {}", dice.pick(spot.houses), spot.area),
        };
        let ward = dice.pick(spot.wards);
        // A department is no place to live in: its wards already say where they are.
        let place = match spot.unit.starts_with("so-") {
            true => ward.to_owned(),
            false => format!("{ward}, {}", spot.area),
        };
        Person {
            email: format!("{}.{number}@nguoidan.example", fold(&name).replace(' ', "")),
            name,
            birth: (born, 1 + dice.below(12) as u8, 1 + dice.below(28) as u8),
            house,
            class: match sort {
                Sort::Pupil => format!("{}A{}", 6 + dice.below(4), 1 + dice.below(6)),
                Sort::Staff | Sort::Resident => String::new(),
            },
            address: format!(
                "Số {}, {}, {place}, thành phố Hà Nội",
                1 + dice.below(180),
                dice.pick(STREET)
            ),
            phone: format!(
                "09{:02}{:03}{:03}",
                1 + dice.below(98),
                dice.below(1000),
                dice.below(1000)
            ),
        }
    }

    /// "1981-02-09"
    pub fn birth_iso(&self) -> String {
        let (year, month, day) = self.birth;
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The head of an essay in one of `LAYOUTS` ways; the last layout is one sentence.
    pub fn head(&self, layout: usize) -> Vec<String> {
        let (year, month, day) = self.birth;
        let name = &self.name;
        let address = &self.address;
        let phone = &self.phone;
        let (first, middle, last) = (
            phone.get(..4).unwrap_or_default(),
            phone.get(4..7).unwrap_or_default(),
            phone.get(7..).unwrap_or_default(),
        );
        let house = match self.house.as_str() {
            "" => "Người dân tự do",
            house => house,
        };
        let works = match self.house.as_str() {
            "Người dân tự do" | "" => String::new(),
            house => format!("hiện đang công tác (học tập) tại {house}, "),
        };
        let class = match self.class.as_str() {
            "" => String::new(),
            class => format!("Lớp: {class}"),
        };
        let mut lines = match layout % LAYOUTS {
            0 => vec![
                format!("Họ và tên: {name}"),
                format!("Ngày sinh: {day:02}/{month:02}/{year}"),
                format!("Đơn vị: {house}"),
                class,
                format!("Địa chỉ: {address}"),
                format!("Điện thoại: {phone}"),
            ],
            1 => vec![
                format!("HỌ VÀ TÊN: {}", name.to_uppercase()),
                format!("NGÀY, THÁNG, NĂM SINH: {day:02}-{month:02}-{year}"),
                format!("ĐƠN VỊ CÔNG TÁC (HỌC TẬP): {house}"),
                class,
                format!("NƠI Ở HIỆN NAY: {address}"),
                format!("SỐ ĐIỆN THOẠI: {first}.{middle}.{last}"),
            ],
            2 => vec![
                format!("Họ tên: {name}        Sinh ngày: {day}/{month}/{year}"),
                format!("Đơn vị: {house}"),
                class,
                format!("Địa chỉ liên hệ: {address}"),
                format!("ĐT: {first} {middle} {last}"),
            ],
            3 => vec![
                format!("- Họ và tên tác giả: {name}"),
                format!("- Sinh ngày {day:02} tháng {month:02} năm {year}"),
                format!("- Đơn vị: {house}"),
                class,
                format!("- Chỗ ở: {address}"),
                format!(
                    "- Số điện thoại liên hệ: +84{}",
                    phone.trim_start_matches('0')
                ),
            ],
            _ => vec![format!(
                "Tôi tên là {name}, sinh ngày {day:02}/{month:02}/{year}, {works}hiện ở tại {address}, số điện thoại: {phone}."
            )],
        };
        lines.retain(|line| !line.is_empty());
        lines
    }

    /// The head as a table of two columns.
    pub fn head_table(&self) -> Vec<(String, String)> {
        let (year, month, day) = self.birth;
        let mut rows = vec![
            ("Họ và tên".to_owned(), self.name.clone()),
            (
                "Ngày sinh".to_owned(),
                format!("{day:02}/{month:02}/{year}"),
            ),
            ("Địa chỉ".to_owned(), self.address.clone()),
            ("Số điện thoại".to_owned(), self.phone.clone()),
        ];
        if !self.house.is_empty() {
            rows.insert(2, ("Đơn vị".to_owned(), self.house.clone()));
        }
        rows
    }
}

/// How many layouts `Person::head` knows.
pub const LAYOUTS: usize = 5;
