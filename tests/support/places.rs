//! Where the cast lives and writes to: five units of a plan with their mailboxes, three of an area and two
//! departments, and the city above them. One set for each of the two plans that ship.

/// Five units of one plan.
#[derive(Clone, Debug)]
pub struct Places {
    /// The plan's file below config/contests.
    pub plan: &'static str,
    pub slug: &'static str,
    /// Pupils are of age for it, whatever year it is.
    pub year: i16,
    /// Three areas, then two departments.
    pub spots: [Spot; 5],
    /// The mailbox of the city, to which all hand over.
    pub city_mailbox: &'static str,
}

/// The city's code, and its name, in both plans.
pub const CITY: &str = "ha-noi";
pub const CITY_NAME: &str = "Thành phố Hà Nội";

/// A unit that takes entries in.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Its code in the plan.
    pub unit: &'static str,
    pub mailbox: &'static str,
    /// As an address ends: "quận Hoàn Kiếm". For departments, the name of the department.
    pub area: &'static str,
    /// Smaller places within it, for addresses.
    pub wards: &'static [&'static str],
    /// Schools with their seat there, or the department's own divisions.
    pub houses: &'static [&'static str],
}

impl Places {
    /// Every mailbox that somebody reads: those of the spots and the city's.
    pub fn mailboxes(&self) -> Vec<String> {
        let spots = self.spots.iter().map(|spot| spot.mailbox);
        spots
            .chain([self.city_mailbox])
            .map(str::to_owned)
            .collect()
    }
}

impl Spot {
    /// Whether entries are judged there first; a department hands everything over and has no queue of its own.
    pub fn judges(&self) -> bool {
        !self.unit.starts_with("so-")
    }
}

/// Four levels: city, district, ward, school.
pub fn hanoi() -> Places {
    Places {
        plan: "hanoi-2019.toml",
        slug: "hanoi-2019",
        year: 2019,
        city_mailbox: "timhieudvctructuyen2019@gmail.com",
        spots: [
            Spot {
                unit: "hoan-kiem",
                mailbox: "hoankiem@duthi.hanoi.example",
                area: "quận Hoàn Kiếm",
                wards: &["phường Hàng Bạc", "phường Cửa Đông", "phường Tràng Tiền"],
                houses: &["Trường THCS Trưng Vương", "Trường THCS Ngô Sĩ Liên"],
            },
            Spot {
                unit: "dong-da",
                mailbox: "dongda@duthi.hanoi.example",
                area: "quận Đống Đa",
                wards: &["phường Láng Hạ", "phường Khâm Thiên", "phường Kim Liên"],
                houses: &["Trường THCS Đống Đa", "Trường THCS Cát Linh"],
            },
            Spot {
                unit: "ba-vi",
                mailbox: "bavi@duthi.hanoi.example",
                area: "huyện Ba Vì",
                wards: &["xã Cổ Đô", "xã Vạn Thắng", "thị trấn Tây Đằng"],
                houses: &["Trường THPT Ba Vì", "Trường THPT Quảng Oai"],
            },
            Spot {
                unit: "so-tu-phap",
                mailbox: "sotuphap@duthi.hanoi.example",
                area: "Sở Tư pháp thành phố Hà Nội",
                wards: &[
                    "phường Nguyễn Trãi, quận Hà Đông",
                    "phường Phúc La, quận Hà Đông",
                ],
                houses: &["Phòng Phổ biến giáo dục pháp luật", "Văn phòng Sở"],
            },
            Spot {
                unit: "so-giao-duc",
                mailbox: "sogiaoduc@duthi.hanoi.example",
                area: "Sở Giáo dục và Đào tạo Hà Nội",
                wards: &[
                    "phường Nghĩa Đô, quận Cầu Giấy",
                    "phường Yên Hòa, quận Cầu Giấy",
                ],
                houses: &["Phòng Tổ chức cán bộ", "Phòng Kế hoạch tài chính"],
            },
        ],
    }
}

/// Two levels: province or city, then ward or commune (since July 2025).
pub fn two_level() -> Places {
    Places {
        plan: "two-level.toml",
        slug: "two-level",
        year: 2026,
        city_mailbox: "bantochuc@phuongxa.hanoi.example",
        spots: [
            Spot {
                unit: "hoan-kiem",
                mailbox: "hoankiem@phuongxa.hanoi.example",
                area: "phường Hoàn Kiếm",
                wards: &["tổ dân phố số 4", "tổ dân phố số 9"],
                houses: &["Trường THCS Nguyễn Du", "Trường Tiểu học Hồ Gươm"],
            },
            Spot {
                unit: "dong-da",
                mailbox: "dongda@phuongxa.hanoi.example",
                area: "phường Đống Đa",
                wards: &["tổ dân phố số 2", "tổ dân phố số 17"],
                houses: &["Trường THCS Gò Đống Đa", "Trường Tiểu học Gò Đống Đa"],
            },
            Spot {
                unit: "ba-vi",
                mailbox: "bavi@phuongxa.hanoi.example",
                area: "xã Ba Vì",
                wards: &["thôn Hợp Nhất", "thôn Yên Sơn"],
                houses: &["Trường THCS Ba Vì", "Trường Tiểu học Ba Vì"],
            },
            Spot {
                unit: "so-tu-phap",
                mailbox: "sotuphap@phuongxa.hanoi.example",
                area: "Sở Tư pháp thành phố Hà Nội",
                wards: &["phường Hà Đông", "phường Kiến Hưng"],
                houses: &["Phòng Phổ biến giáo dục pháp luật", "Văn phòng Sở"],
            },
            Spot {
                unit: "so-giao-duc",
                mailbox: "sogiaoduc@phuongxa.hanoi.example",
                area: "Sở Giáo dục và Đào tạo Hà Nội",
                wards: &["phường Nghĩa Đô", "phường Cầu Giấy"],
                houses: &["Phòng Tổ chức cán bộ", "Phòng Kế hoạch tài chính"],
            },
        ],
    }
}
