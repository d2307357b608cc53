//! Marks and means as papers print them: exact until the last step, with a Vietnamese comma.

/// A mark in quarter points as a paper prints it: 31 is "7,75".
pub fn quarters(quarters: i64) -> String {
    decimal(quarters.saturating_mul(25))
}

/// Hundredths with two decimals: 775 is "7,75".
pub fn decimal(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{},{:02}", size / 100, size % 100)
}

/// A mean of marks as an exact fraction; two means are equal when their fractions are, whatever is printed.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    /// Sum of the marks, in quarter points.
    sum: i64,
    /// How many marks; positive.
    marks: i64,
}

impl Mean {
    /// The mean of `marks` marks that sum up to `sum` quarter points; `None` without marks.
    pub fn new(sum: i64, marks: i64) -> Option<Mean> {
        (marks > 0).then_some(Mean { sum, marks })
    }

    /// Rounded to hundredths of a point, halves away from zero: 7,125 prints as "7,13".
    pub fn hundredths(self) -> i64 {
        let (sum, marks) = (i128::from(self.sum), i128::from(self.marks));
        let twice = sum.abs() * 50 + marks;
        let rounded = twice / (2 * marks) * sum.signum();
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }
}

impl PartialEq for Mean {
    fn eq(&self, other: &Mean) -> bool {
        i128::from(self.sum) * i128::from(other.marks)
            == i128::from(other.sum) * i128::from(self.marks)
    }
}

impl Eq for Mean {}

#[cfg(test)]
mod tests {
    use super::Mean;
    use super::decimal;
    use super::quarters;

    #[test]
    fn marks_are_printed_with_a_comma_and_two_decimals() {
        let check = |n: i64, want: &str| assert_eq!(quarters(n), want);
        check(31, "7,75");
        check(32, "8,00");
        check(0, "0,00");
        check(400, "100,00");
        check(-1, "-0,25");
    }

    #[test]
    fn a_mean_is_rounded_only_when_it_is_printed() {
        let check = |sum: i64, marks: i64, want: &str| {
            assert_eq!(decimal(Mean::new(sum, marks).unwrap().hundredths()), want);
        };
        check(31, 1, "7,75");
        check(57, 2, "7,13"); // 7.125
        check(88, 3, "7,33"); // 7.3333…
        check(89, 3, "7,42"); // 7.41666…
        check(0, 2, "0,00");
        assert_eq!(Mean::new(62, 2), Mean::new(93, 3));
        // Both print as 7,33.
        assert_ne!(Mean::new(88, 3), Mean::new(8797, 300));
        assert_eq!(Mean::new(1, 0), None);
    }
}
