//! QR codes: drawing an invite, and reading one from a picture of the camera.

use data_encoding::BASE64;
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use rqrr::PreparedImage;

use crate::error::AppError;

/// Largest picture that is looked at, in pixels.
const PIXELS_MAX: usize = 4_000_000;

/// An invite as an SVG: dark on light with a light margin, whatever the colours around it.
pub(crate) fn draw(text: &str) -> Result<String, AppError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(AppError::internal)?;
    let mut renderer = code.render::<Color<'_>>();
    renderer.quiet_zone(true).dark_color(Color("#000000")).light_color(Color("#ffffff"));
    let svg = renderer.build();
    // The page puts it into itself, where a declaration has no place.
    Ok(svg.find("<svg").and_then(|at| svg.get(at..)).unwrap_or_default().to_owned())
}

/// What the first code in a picture says, if there is one. `luma`: one byte a pixel, row by row, in base64.
pub(crate) fn read(width: u32, height: u32, luma: &str) -> Result<Option<String>, AppError> {
    let refused =
        || AppError::new("bad-picture", "The picture cannot be read. Try another one, or paste the link.");
    let (width, height) = (width as usize, height as usize);
    let pixels =
        width.checked_mul(height).filter(|pixels| (1..=PIXELS_MAX).contains(pixels)).ok_or_else(refused)?;
    // Its length is known before anything is made of it.
    if luma.len() != pixels.div_ceil(3) * 4 {
        return Err(refused());
    }
    let bytes = BASE64.decode(luma.as_bytes()).map_err(|_| refused())?;
    if bytes.len() != pixels {
        return Err(refused());
    }
    let at = |x: usize, y: usize| bytes.get(y * width + x).copied().unwrap_or_default();
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, at);
    Ok(picture.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The drawing as a camera sees it: each module some pixels wide.
    fn photograph(svg: &str) -> (u32, u32, String) {
        let number = |text: &str, after: &str, end: char| -> usize {
            let start = text.find(after).unwrap() + after.len();
            text[start..].split(end).next().unwrap().parse().unwrap()
        };
        let size = number(svg, "width=\"", '"');
        let mut pixels = vec![255_u8; size * size];
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        // M x y h w V y2 H x Z, for each dark module.
        for module in path.split('M').skip(1) {
            let numbers: Vec<usize> = module
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().unwrap())
                .collect();
            let [x, y, width, height] = numbers[..4] else { panic!("{module}") };
            for row in y..y + height {
                pixels[row * size + x..row * size + x + width].fill(0);
            }
        }
        (size as u32, size as u32, BASE64.encode(&pixels))
    }

    #[test]
    fn a_drawn_invite_is_read_again() {
        let link = format!("whph://pair?v=1&d={}", "Ab3_-9".repeat(30));
        let svg = draw(&link).unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("<script"), "{}", &svg[..80]);
        assert!(svg.contains("#ffffff") && svg.contains("#000000"));
        let (width, height, luma) = photograph(&svg);
        assert_eq!(read(width, height, &luma).unwrap(), Some(link));
    }

    #[test]
    fn a_picture_without_a_code_says_nothing() {
        assert_eq!(read(30, 20, &BASE64.encode(&[200; 600])).unwrap(), None);
    }

    #[test]
    fn a_picture_that_is_not_what_it_claims_is_refused() {
        let luma = BASE64.encode(&[0; 16]);
        for (width, height) in [(4, 5), (0, 4), (u32::MAX, u32::MAX), (4_000, 1_001)] {
            assert_eq!(read(width, height, &luma).unwrap_err().code, "bad-picture");
        }
        assert!(read(4, 4, &"*".repeat(24)).is_err());
        assert!(read(4, 4, &luma).is_ok());
    }
}
