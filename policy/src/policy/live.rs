//! The rules for the layout of live sessions.

use super::{LiveLayout, LiveTile, check::Findings};
use crate::{
    document::{Document, LayoutWord, LiveTable, TileShows, TileTable},
    session::SessionPlan,
};

/// Most tiles of a layout: more would be too small to see somebody in, on most screens.
const MOST_TILES: usize = 16;

/// Shortest edge of a tile in pixels, as that of a source.
const TILE_EDGE: u32 = 16;

pub(super) fn layout(document: &Document, findings: &mut Findings<'_>) -> Option<LiveLayout> {
    let table = document.live.as_ref()?;
    let word = table.layout.as_ref();
    let word = word.map_or(LayoutWord::default(), |word| *word.get_ref());
    if word != LayoutWord::Custom
        && let Some(tile) = table.tiles.first()
    {
        findings.add(
            tile.name.span(),
            "tiles are drawn by the layout `custom` only",
            "write `layout = \"custom\"`, or remove the tiles",
        );
    }
    Some(match word {
        LayoutWord::Speaker => LiveLayout::Speaker,
        LayoutWord::Presentation => LiveLayout::Presentation,
        LayoutWord::Grid => LiveLayout::Grid,
        LayoutWord::Audio => LiveLayout::Audio,
        LayoutWord::Custom => LiveLayout::Custom(tiles(document, table, findings)),
    })
}

fn tiles(document: &Document, table: &LiveTable, findings: &mut Findings<'_>) -> Vec<LiveTile> {
    let word = table.layout.as_ref();
    if let Some(word) = word.filter(|_| table.tiles.is_empty()) {
        findings.add(
            word.span(),
            "the layout `custom` has no tile",
            "add a [[live.tile]]",
        );
    }
    if let Some(tile) = table.tiles.get(MOST_TILES) {
        findings.add(
            tile.name.span(),
            format!("more than {MOST_TILES} tiles"),
            "remove some of them",
        );
    }
    let size = document.output.size.as_ref();
    let size = size.map_or(SessionPlan::OUTPUT, |size| *size.get_ref());
    for (index, tile) in table.tiles.iter().enumerate() {
        check_tile(tile, &table.tiles[..index], size, findings);
    }
    let tiles = table.tiles.iter().map(|tile| LiveTile {
        name: tile.name.get_ref().clone(),
        shows: *tile.shows.get_ref(),
        rect: *tile.rect.get_ref(),
    });
    tiles.collect()
}

fn check_tile(
    tile: &TileTable,
    before: &[TileTable],
    [width, height]: [u32; 2],
    findings: &mut Findings<'_>,
) {
    let (name, rect) = (tile.name.get_ref(), *tile.rect.get_ref());
    if name.trim().is_empty() {
        findings.add(tile.name.span(), "the tile has no name", "give it a name");
    } else if before.iter().any(|other| other.name.get_ref() == name) {
        findings.add(
            tile.name.span(),
            format!("the name `{name}` is used twice"),
            "give every tile a name of its own",
        );
    }
    let shows = *tile.shows.get_ref();
    let is_repeated = before.iter().any(|other| *other.shows.get_ref() == shows);
    let once = match shows {
        TileShows::Speaker => Some("speaker"),
        TileShows::Presenter => Some("presenter"),
        TileShows::Screen | TileShows::Others => None,
    };
    if let Some(word) = once.filter(|_| is_repeated) {
        findings.add(
            tile.shows.span(),
            format!("two tiles show the `{word}`"),
            "let the others show `others`",
        );
    }
    if !rect.is_inside_picture() {
        findings.add(
            tile.rect.span(),
            format!("the rectangle of tile `{name}` is not inside the picture"),
            "x, y, width and height are fractions: each in 0..1, with x + width and y + height at most 1",
        );
        return;
    }
    let pixels = rect.inner_even_pixels(width, height);
    if pixels.width < TILE_EDGE || pixels.height < TILE_EDGE {
        findings.add(
            tile.rect.span(),
            format!("tile `{name}` is too small to show anything"),
            format!("make it at least {TILE_EDGE} pixels wide and high"),
        );
    }
    let below = before
        .iter()
        .find(|other| other.rect.get_ref().overlaps(&rect));
    if let Some(other) = below {
        findings.add(
            tile.rect.span(),
            format!("tile `{name}` overlaps `{}`", other.name.get_ref()),
            "make one of them smaller, or move it",
        );
    }
}
