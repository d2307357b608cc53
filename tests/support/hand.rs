//! Sheets written by a hand that nobody can read, and pictures taken of them.

use image::GrayImage;
use image::Luma;

/// Always the same numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32 % most.max(1)
    }

    fn part(&mut self) -> f32 {
        self.below(10_000) as f32 / 10_000.0
    }
}

/// Pixels of a sheet.
pub const WIDTH: u32 = 800;
pub const HEIGHT: u32 = 1_130;

/// A page of writing that nobody can read, on ruled paper: every sheet by the same hand, in lines of the same height.
pub fn written(seed: u64) -> GrayImage {
    let mut dice = Dice(seed * 977 + 5);
    let mut page = GrayImage::from_fn(WIDTH, HEIGHT, |_, y| {
        Luma([if y % 34 == 20 { 190 } else { 255 }])
    });
    for line in 2..31 {
        let mut x = 60 + dice.below(12);
        let end = if dice.below(6) == 0 {
            200 + dice.below(400)
        } else {
            740
        };
        while x < end {
            let base = line * 34 + 16 + dice.below(4);
            for _ in 0..2 + dice.below(5) {
                let (tall, wide) = (5 + dice.below(3) * 7, 4 + dice.below(5));
                for step in 0..tall.min(base) {
                    for ink in 0..2 {
                        let at = x + step * wide / tall + ink;
                        page.put_pixel(at.min(WIDTH - 1), base - step, Luma([40]));
                    }
                }
                for step in 0..wide + 3 {
                    let at = (x + step).min(WIDTH - 1);
                    page.put_pixel(at, base, Luma([40]));
                    page.put_pixel(at, base + 1, Luma([40]));
                }
                x += wide + 3;
            }
            x += 9 + dice.below(8);
        }
    }
    page
}

/// Another picture of a sheet: turned, moved, shaded, bent like paper under a camera, noisy.
pub fn taken(sheet: &GrayImage, seed: u64, bent: f32) -> GrayImage {
    let mut dice = Dice(seed * 31 + 7);
    let slope = (dice.part() - 0.5) * 0.05;
    let (left, top) = (20.0 + dice.part() * 30.0, 20.0 + dice.part() * 30.0);
    let bends = [0; 4].map(|_| (dice.part() - 0.5) * bent);
    let dark = dice.part() * 0.4;
    GrayImage::from_fn(WIDTH + 70, HEIGHT + 70, |x, y| {
        let (u, v) = (x as f32 - left, y as f32 - top);
        let (across, down) = (u / WIDTH as f32, v / HEIGHT as f32);
        let from_x =
            u + slope * v + WIDTH as f32 * (bends[0] * across * down + bends[1] * down * down);
        let from_y =
            v - slope * u + HEIGHT as f32 * (bends[2] * across * down + bends[3] * across * across);
        let inside =
            from_x >= 0.0 && from_y >= 0.0 && from_x < WIDTH as f32 && from_y < HEIGHT as f32;
        let grey = if inside {
            f32::from(sheet.get_pixel(from_x as u32, from_y as u32).0[0])
        } else {
            255.0
        };
        let shade = 1.0 - dark * (across + down).clamp(0.0, 2.0) / 2.0;
        let noise = dice.part() * 14.0 - 7.0;
        Luma([(grey * shade + noise).clamp(0.0, 255.0) as u8])
    })
}
