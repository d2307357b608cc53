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
    // Where a pixel lies between the middles of cells: the cell before it, and how far behind its middle.
    let between = |pixel: usize| {
        let at = (pixel as f32 / cell as f32 - 0.5).max(0.0);
        (at as usize, at.fract())
    };
    // The paper along the middle of each row of cells, pixel by pixel.
    let lines: Vec<Vec<f32>> = smooth
        .chunks_exact(columns as usize)
        .map(|cells| {
            let white =
                |column: usize| cells.get(column).or(cells.last()).copied().unwrap_or(255.0);
            let mix = |(column, u): (usize, f32)| {
                let left = white(column);
                left + (white(column + 1) - left) * u
            };
            (0..width as usize).map(between).map(mix).collect()
        })
        .collect();
    let mut out = Vec::with_capacity(page.as_raw().len());
    for (y, pixels) in page
        .as_raw()
        .chunks_exact(width.max(1) as usize)
        .enumerate()
    {
        let (row, v) = between(y);
        let last = lines.last();
        let (Some(upper), Some(lower)) = (lines.get(row).or(last), lines.get(row + 1).or(last))
        else {
            break;
        };
        let papers = upper.iter().zip(lower);
        out.extend(pixels.iter().zip(papers).map(|(grey, (upper, lower))| {
            let white = upper + (lower - upper) * v;
            (f32::from(*grey) * 250.0 / white) as u8
        }));
    }
    GrayImage::from_raw(width, height, out).unwrap_or_else(|| page.clone())
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

/// Each pixel mixed with the eight around it, the nearer ones more.
fn smoothed(page: &GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    let rows: Vec<&[u8]> = page.as_raw().chunks_exact(width.max(1) as usize).collect();
    let mut out = Vec::with_capacity(page.as_raw().len());
    for (y, row) in rows.iter().enumerate() {
        let above = rows.get(y.saturating_sub(1)).unwrap_or(row);
        let below = rows.get(y + 1).unwrap_or(row);
        // Down the column first, then along the row: 1, 2, 1 both times.
        let sums: Vec<u16> = row
            .iter()
            .zip(above.iter().zip(below.iter()))
            .map(|(here, (above, below))| {
                2 * u16::from(*here) + u16::from(*above) + u16::from(*below)
            })
            .collect();
        let edge = |sum: Option<&u16>| sum.map_or(255, |sum| (sum / 4) as u8);
        out.push(edge(sums.first()));
        out.extend(sums.windows(3).map(|near| match near {
            [left, here, right] => ((left + 2 * here + right) / 16) as u8,
            _ => 255,
        }));
        if width > 1 {
            out.push(edge(sums.last()));
        }
    }
    GrayImage::from_raw(width, height, out).unwrap_or_else(|| page.clone())
}

/// By how many degrees the lines of text fall to the right: the slope at which the dark pixels gather in the
/// sharpest rows.
fn slope(page: &GrayImage) -> f64 {
    let (width, height) = page.dimensions();
    let step = (width.max(height) / 1_000).max(1) as usize;
    let mut dark: Vec<(f32, f32)> = Vec::new();
    let rows = page.as_raw().chunks_exact(width.max(1) as usize);
    for (y, row) in rows.enumerate().step_by(step) {
        for (x, grey) in row.iter().enumerate().step_by(step) {
            if *grey < 140 {
                dark.push((x as f32, y as f32));
            }
        }
    }
    if dark.len() < 200 {
        return 0.0;
    }
    let every = dark.len().div_ceil(MOST_DARK);
    let dark: Vec<(f32, f32)> = dark.into_iter().step_by(every).collect();
    // Whole rows, or at no slope some bins would hold more of them than others.
    let bin = step as f64 * 2.0;
    let sharpness = |dark: &[(f32, f32)], degrees: f64| -> f64 {
        let tangent = degrees.to_radians().tan();
        let most = (f64::from(width) * tangent.abs() + f64::from(height)) / bin;
        let mut rows = vec![0_i32; most as usize + 3];
        let lift = (f64::from(width) * tangent).max(0.0) / bin;
        let (down, right, lift) = (1.0 / bin as f32, (tangent / bin) as f32, lift as f32);
        for (x, y) in dark {
            // Never below nothing: that is what the lift is for.
            let row = (y * down - x * right + lift) as usize;
            if let Some(row) = rows.get_mut(row) {
                *row += 1;
            }
        }
        rows.windows(2)
            .map(|pair| match pair {
                [a, b] => f64::from(a - b) * f64::from(a - b),
                _ => 0.0,
            })
            .sum()
    };
    let best = |dark: &[(f32, f32)], from: f64, to: f64, step: f64| -> f64 {
        let mut best = (0.0, f64::MIN);
        let mut degrees = from;
        while degrees <= to + step / 2.0 {
            let sharp = sharpness(dark, degrees);
            if sharp > best.1 {
                best = (degrees, sharp);
            }
            degrees += step;
        }
        best.0
    };
    // The rough search needs no more than every fourth.
    let few: Vec<(f32, f32)> = dark.iter().step_by(4).copied().collect();
    let rough = best(
        if few.len() < 2_000 { &dark } else { &few },
        -STEEPEST,
        STEEPEST,
        0.5,
    );
    let found = best(&dark, rough - 0.5, rough + 0.5, 0.1);
    // A page without lines (a picture) has no slope that is sharper than none.
    if sharpness(&dark, found) < 1.1 * sharpness(&dark, 0.0) {
        return 0.0;
    }
    found
}

/// Turns the page about its middle, clockwise in degrees; new corners are white.
fn turned(page: &GrayImage, degrees: f64) -> GrayImage {
    let (width, height) = page.dimensions();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    let (columns, rows) = (i64::from(width), i64::from(height));
    let raw = page.as_raw();
    let grey = |place: usize| u32::from(raw.get(place).copied().unwrap_or(255));
    // Places in 65,536ths of a pixel, so that the way along a row is two additions a pixel.
    let fixed = |pixels: f64| (pixels * 65_536.0) as i64;
    let (right, down) = (fixed(cos), fixed(-sin));
    let mut out = Vec::with_capacity(raw.len());
    for y in 0..height {
        let dy = f64::from(y) - middle_y;
        let mut u = fixed(dy * sin - middle_x * cos + middle_x);
        let mut v = fixed(dy * cos + middle_x * sin + middle_y);
        for _ in 0..width {
            let (left, top) = (u >> 16, v >> 16);
            // The share of the right and of the lower neighbour, in 256ths.
            let (a, b) = ((u >> 8 & 255) as u32, (v >> 8 & 255) as u32);
            u += right;
            v += down;
            if left < 0 || top < 0 || left + 1 >= columns || top + 1 >= rows {
                out.push(255);
                continue;
            }
            let place = (top * columns + left) as usize;
            let below = place + width as usize;
            let upper = grey(place) * (256 - a) + grey(place + 1) * a;
            let lower = grey(below) * (256 - a) + grey(below + 1) * a;
            out.push(((upper * (256 - b) + lower * b) >> 16) as u8);
        }
    }
    GrayImage::from_raw(width, height, out).unwrap_or_else(|| page.clone())
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
