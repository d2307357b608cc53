//! VISCII (RFC 1456): Vietnamese as the first mail programs of Vietnamese abroad wrote it.

/// 0x80 to 0xFF.
const UPPER: &str = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ";

/// Text in VISCII. Six capitals stand among the control characters.
pub fn text(bytes: &[u8]) -> String {
    let table: Vec<char> = UPPER.chars().collect();
    bytes
        .iter()
        .map(|byte| match byte {
            0x02 => 'Ẳ',
            0x05 => 'Ẵ',
            0x06 => 'Ẫ',
            0x14 => 'Ỷ',
            0x19 => 'Ỹ',
            0x1e => 'Ỵ',
            0x80..=0xff => table
                .get(usize::from(*byte - 0x80))
                .copied()
                .unwrap_or('\u{fffd}'),
            byte => char::from(*byte),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn every_letter_of_viscii_is_vietnamese() {
        // As iconv writes it.
        assert_eq!(
            text(b"B\xe0i d\xf1 thi: \xd0\x83NG TH\x98 \xc1NH"),
            "Bài dự thi: ĐẶNG THỊ ÁNH"
        );
    }
}
