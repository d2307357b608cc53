//! A page made ready for the reader of pictures: shadows divided away, noise smoothed, lines made level.
//!
//! Measured on simulated photographs and scans: without this a shaded or turned page comes to nothing, a clean one is
//! read as well as before.

use image::GrayImage;
use image::Luma;

/// Cells along the longer side of the page in which the paper's brightness is taken.
const CELLS: u32 = 64;
/// The steepest line looked for, in degrees.
const STEEPEST: f64 = 15.0;
/// Lines less steep than this are left as they are.
const LEVEL: f64 = 0.15;
/// Dark pixels the search for the slope looks at.
const MOST_DARK: usize = 60_000;

/// The page, and by how many degrees it was turned clockwise.
pub fn cleaned(page: GrayImage) -> (GrayImage, f32) {
    let mut page = without_shadows(&page);
    if is_noisy(&page) {
        page = smoothed(&page);
    }
    let slope = slope(&page);
    if slope.abs() < LEVEL {
        return (page, 0.0);
    }
    (turned(&page, -slope), -slope as f32)
}

/// Divides by the brightness of the paper, so that it is white everywhere.
fn without_shadows(page: &GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    let cell = (width.max(height) / CELLS).max(16);
    let (columns, rows) = (width.div_ceil(cell).max(1), height.div_ceil(cell).max(1));
    let mut paper = vec![255_f32; (columns * rows) as usize];
    for row in 0..rows {
        for column in 0..columns {
            let bright = brightness(page, column * cell, row * cell, cell);
            if let Some(place) = paper.get_mut((row * columns + column) as usize) {
                *place = bright;
            }
        }
    }
    let at = |column: i64, row: i64| -> f32 {
        let column = column.clamp(0, i64::from(columns) - 1);
        let row = row.clamp(0, i64::from(rows) - 1);
        usize::try_from(row * i64::from(columns) + column)
            .ok()
            .and_then(|place| paper.get(place))
            .copied()
            .unwrap_or(255.0)
    };
    // The brightest neighbour bridges pictures and bold headings; the mean of neighbours smooths.
    let mut smooth = Vec::with_capacity(paper.len());
    for row in 0..i64::from(rows) {
        for column in 0..i64::from(columns) {
            let around = (-1..=1).flat_map(|y| (-1..=1).map(move |x| (x, y)));
            let near: Vec<f32> = around.map(|(x, y)| at(column + x, row + y)).collect();
            let most = near.iter().copied().fold(0.0, f32::max);
            let mean = near.iter().sum::<f32>() / near.len() as f32;
            smooth.push((0.5 * most + 0.5 * mean).max(24.0));
        }
    }
    let smooth_at = |column: u32, row: u32| -> f32 {
        let column = column.min(columns - 1);
        let row = row.min(rows - 1);
        smooth
            .get((row * columns + column) as usize)
            .copied()
            .unwrap_or(255.0)
    };
    let middle = |pixel: u32| (pixel as f32 / cell as f32 - 0.5).max(0.0);
    GrayImage::from_fn(width, height, |x, y| {
        let (u, v) = (middle(x), middle(y));
        let (column, row) = (u as u32, v as u32);
        let (u, v) = (u.fract(), v.fract());
        let upper = smooth_at(column, row) * (1.0 - u) + smooth_at(column + 1, row) * u;
        let lower = smooth_at(column, row + 1) * (1.0 - u) + smooth_at(column + 1, row + 1) * u;
        let white = upper * (1.0 - v) + lower * v;
        let Luma([grey]) = *page.get_pixel(x, y);
        Luma([(f32::from(grey) * 250.0 / white).min(255.0) as u8])
    })
}

/// What nine of ten pixels of a cell do not pass.
fn brightness(page: &GrayImage, left: u32, top: u32, cell: u32) -> f32 {
    let mut counts = [0_u32; 256];
    let mut all = 0;
    for y in (top..(top + cell).min(page.height())).step_by(2) {
        for x in (left..(left + cell).min(page.width())).step_by(2) {
            let Luma([grey]) = *page.get_pixel(x, y);
            if let Some(count) = counts.get_mut(usize::from(grey)) {
                *count += 1;
            }
            all += 1;
        }
    }
    let mut seen = 0;
    for (grey, count) in counts.iter().enumerate() {
        seen += count;
        if seen * 10 >= all * 9 {
            return grey as f32;
        }
    }
    255.0
}

/// Whether neighbours on white paper differ as they do in a noisy scan.
fn is_noisy(page: &GrayImage) -> bool {
    let (width, height) = page.dimensions();
    let (mut sum, mut count) = (0_u64, 0_u64);
    for y in (1..height.saturating_sub(1)).step_by(3) {
        for x in (1..width.saturating_sub(1)).step_by(3) {
            let grey = |x, y| i32::from(page.get_pixel(x, y).0[0]);
            let here = grey(x, y);
            // Away from letters: all four neighbours are bright.
            let around = [
                grey(x - 1, y),
                grey(x + 1, y),
                grey(x, y - 1),
                grey(x, y + 1),
            ];
            if here > 150 && here < 252 && around.iter().all(|near| *near > 150) {
                let mean = around.iter().sum::<i32>() / 4;
                sum += u64::from(here.abs_diff(mean));
                count += 1;
            }
        }
    }
    count > 1_000 && sum > count * 5
}

/// Each pixel the middle one of the nine around it, mixed with itself so that thin strokes stay.
fn smoothed(page: &GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    GrayImage::from_fn(width, height, |x, y| {
        if x == 0 || y == 0 || x + 1 >= width || y + 1 >= height {
            return *page.get_pixel(x, y);
        }
        let weights = [(0, 0, 4), (1, 0, 2), (0, 1, 2), (1, 1, 1)];
        let mut sum = 0_u32;
        for (dx, dy, weight) in weights {
            for (x, y) in [
                (x + dx, y + dy),
                (x - dx, y - dy),
                (x + dx, y - dy),
                (x - dx, y + dy),
            ] {
                sum += u32::from(page.get_pixel(x, y).0[0]) * weight;
            }
        }
        Luma([u8::try_from(sum / 36).unwrap_or(255)])
    })
}

/// By how many degrees the lines of text fall to the right: the slope at which the dark pixels gather in the
/// sharpest rows.
fn slope(page: &GrayImage) -> f64 {
    let (width, height) = page.dimensions();
    let step = (width.max(height) / 1_000).max(1) as usize;
    let mut dark: Vec<(f64, f64)> = Vec::new();
    for y in (0..height).step_by(step) {
        for x in (0..width).step_by(step) {
            if page.get_pixel(x, y).0[0] < 140 {
                dark.push((f64::from(x), f64::from(y)));
            }
        }
    }
    if dark.len() < 200 {
        return 0.0;
    }
    let every = dark.len().div_ceil(MOST_DARK);
    let dark: Vec<(f64, f64)> = dark.into_iter().step_by(every).collect();
    // Whole rows, or at no slope some bins would hold more of them than others.
    let bin = step as f64 * 2.0;
    let sharpness = |degrees: f64| -> f64 {
        let tangent = degrees.to_radians().tan();
        let most = (f64::from(width) * tangent.abs() + f64::from(height)) / bin;
        let mut rows = vec![0_i64; most as usize + 3];
        let lift = if tangent > 0.0 {
            f64::from(width) * tangent
        } else {
            0.0
        };
        for (x, y) in &dark {
            let row = ((y - x * tangent + lift) / bin).max(0.0) as usize;
            if let Some(row) = rows.get_mut(row) {
                *row += 1;
            }
        }
        rows.windows(2)
            .map(|pair| match pair {
                [a, b] => ((a - b) * (a - b)) as f64,
                _ => 0.0,
            })
            .sum()
    };
    let best = |from: f64, to: f64, step: f64| -> f64 {
        let mut best = (0.0, f64::MIN);
        let mut degrees = from;
        while degrees <= to + step / 2.0 {
            let sharp = sharpness(degrees);
            if sharp > best.1 {
                best = (degrees, sharp);
            }
            degrees += step;
        }
        best.0
    };
    let rough = best(-STEEPEST, STEEPEST, 0.5);
    let found = best(rough - 0.5, rough + 0.5, 0.1);
    // A page without lines (a picture) has no slope that is sharper than none.
    if sharpness(found) < 1.1 * sharpness(0.0) {
        return 0.0;
    }
    found
}

/// Turns the page about its middle, clockwise in degrees; new corners are white.
fn turned(page: &GrayImage, degrees: f64) -> GrayImage {
    let (width, height) = page.dimensions();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    let grey = |x: i64, y: i64| -> f64 {
        match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) if x < width && y < height => f64::from(page.get_pixel(x, y).0[0]),
            _ => 255.0,
        }
    };
    GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (f64::from(x) - middle_x, f64::from(y) - middle_y);
        let u = dx * cos + dy * sin + middle_x;
        let v = -dx * sin + dy * cos + middle_y;
        let (left, top) = (u.floor(), v.floor());
        let (a, b) = (u - left, v - top);
        let (left, top) = (left as i64, top as i64);
        let upper = grey(left, top) * (1.0 - a) + grey(left + 1, top) * a;
        let lower = grey(left, top + 1) * (1.0 - a) + grey(left + 1, top + 1) * a;
        Luma([(upper * (1.0 - b) + lower * b) as u8])
    })
}

#[cfg(test)]
mod tests {
    use image::GrayImage;
    use image::Luma;

    use super::cleaned;
    use super::slope;
    use super::turned;

    /// Lines of dashes on grey paper.
    fn lines() -> GrayImage {
        GrayImage::from_fn(800, 1_000, |x, y| {
            let ink =
                y % 40 < 12 && x % 23 < 15 && (80..720).contains(&x) && (80..920).contains(&y);
            Luma([if ink { 20 } else { 200 }])
        })
    }

    #[test]
    fn tilted_lines_are_made_level() {
        let check = |degrees: f64| {
            let found = slope(&turned(&lines(), degrees));
            assert!((found - degrees).abs() < 0.3, "{degrees}: {found}");
        };
        check(0.0);
        check(2.0);
        check(-7.5);
        let (_, turn) = cleaned(turned(&lines(), 3.0));
        assert!((turn + 3.0).abs() < 0.3, "{turn}");
    }

    #[test]
    fn grey_paper_becomes_white_and_ink_stays_dark() {
        let (page, turn) = cleaned(lines());
        assert_eq!(turn, 0.0);
        assert!(page.get_pixel(5, 500).0[0] > 240);
        assert!(page.get_pixel(95, 85).0[0] < 60);
    }
}
