//! Labels as people type them.

use super::Field;
use super::scan;
use super::slice;

#[test]
fn labels_are_found_however_they_are_typed() {
    use Field::{Address, Birth, Class, Name, Other, Phone, School, Unit};
    let check = |line: &str, want: &[(Field, &str)]| {
        let found = scan(line);
        let mut got = Vec::new();
        for (at, label) in found.iter().enumerate() {
            let end = found.get(at + 1).map_or(line.len(), |next| next.start);
            got.push((label.field, slice(line, label.value, end).trim()));
        }
        assert_eq!(got, want, "{line:?}");
    };
    check("Họ và tên: Nguyễn Văn An", &[(Name, "Nguyễn Văn An")]);
    check("HO VA TEN : AN", &[(Name, "AN")]);
    check("Hị và tên: An", &[(Name, "An")]);
    check("Họ và tên: An Lớp: 9A2", &[(Name, "An"), (Class, "9A2")]);
    check("1. Họ tên (in hoa): An", &[(Name, "An")]);
    check("Ngày sinh của em: 9/2/1981", &[(Birth, "9/2/1981")]);
    check("Ngày, tháng, năm sinh: 9/2/1981", &[(Birth, "9/2/1981")]);
    check("Đia chỉ: 26 Hàng Quạt", &[(Address, "26 Hàng Quạt")]);
    check("Họ và tên bố: Trần Văn B", &[(Other, "Trần Văn B")]);
    check(
        "Đơn vị\tTrường A\tSĐT\t096",
        &[(Unit, "Trường A"), (Phone, "096")],
    );
    check("ĐƠN VỊ CÔNG TÁC (HỌC TẬP): THCS A", &[(Unit, "THCS A")]);
    let address = "Địa chỉ: phố A, tổ dân phố số 2, phường B";
    check(address, &[(Address, "phố A, tổ dân phố số 2, phường B")]);
    check("Đơn vị Trường THCS A", &[(Unit, "Trường THCS A")]);
    check("Đơn vị (trường): THCS A", &[(Unit, "THCS A")]);
    check("Trường: THCS A", &[(School, "THCS A")]);
    check("Hiệu trưởng: Trần B", &[(Other, "Trần B")]);
    check("Anh (chị) hãy nêu cảm nhận", &[]);
}
