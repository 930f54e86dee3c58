//! Colours of the two themes.

use crate::{draw::Colour, scenario::Theme};

/// The colours of the interface.
#[derive(Clone, Copy)]
pub(crate) struct Palette {
    /// Around a window that does not fill the picture, top and bottom.
    pub(crate) desktop: (Colour, Colour),
    /// Ground of list, chat and toolbar.
    pub(crate) panel: Colour,
    /// Ground of the stage.
    pub(crate) stage: Colour,
    /// Lines between panels.
    pub(crate) border: Colour,
    /// Ground of fields and buttons.
    pub(crate) field: Colour,
    /// Names, messages, headings.
    pub(crate) text: Colour,
    /// Times, hints.
    pub(crate) faint: Colour,
    /// Buttons and bars that stand out.
    pub(crate) accent: Colour,
    /// Ground of slides and documents.
    pub(crate) paper: Colour,
    /// Text on slides and documents.
    pub(crate) ink: Colour,
    /// Ground of code, with its text.
    pub(crate) code: (Colour, Colour),
    /// Ground of toasts, with their text.
    pub(crate) toast: (Colour, Colour),
    /// Ground of the name on a camera tile, with its text.
    pub(crate) label: (Colour, Colour),
}

/// Recording sign, crossed-out microphones, the button that leaves.
pub(super) const WARNING: Colour = Colour::hex(0xd6_3b_3b);
/// Raised hands.
pub(super) const HAND: Colour = Colour::hex(0xe8_a3_1c);
/// Text and signs on coloured ground.
pub(super) const WHITE: Colour = Colour::hex(0xff_ff_ff);

/// Grounds of the round pictures with initials.
pub(super) const AVATARS: [Colour; 8] = [
    Colour::hex(0x3d_6f_b6),
    Colour::hex(0x8a_4f_9e),
    Colour::hex(0x2f_85_6b),
    Colour::hex(0xb5_62_2d),
    Colour::hex(0x5b_62_8f),
    Colour::hex(0xa8_3f_5b),
    Colour::hex(0x5a_7d_2f),
    Colour::hex(0x3a_82_9b),
];

impl Palette {
    /// Returns the colours of a theme.
    pub(crate) const fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light => LIGHT,
            Theme::Dark => DARK,
        }
    }
}

const LIGHT: Palette = Palette {
    desktop: (Colour::hex(0x4a_6d_8c), Colour::hex(0x24_3a_52)),
    panel: Colour::hex(0xff_ff_ff),
    stage: Colour::hex(0xe9_ec_f1),
    border: Colour::hex(0xd3_d8_e0),
    field: Colour::hex(0xf2_f4_f7),
    text: Colour::hex(0x1f_26_33),
    faint: Colour::hex(0x6b_74_85),
    accent: Colour::hex(0x1f_5f_bf),
    paper: Colour::hex(0xfd_fd_fb),
    ink: Colour::hex(0x22_2b_3a),
    code: (Colour::hex(0xf1_f0_ea), Colour::hex(0x2d_3f_56)),
    toast: (Colour::hex(0x2b_34_44), Colour::hex(0xf4_f6_fa)),
    label: (Colour::hex(0x23_27_2e), Colour::hex(0xf5_f5_f5)),
};

const DARK: Palette = Palette {
    desktop: (Colour::hex(0x2b_2f_45), Colour::hex(0x12_14_20)),
    panel: Colour::hex(0x20_23_2b),
    stage: Colour::hex(0x14_16_1b),
    border: Colour::hex(0x34_38_43),
    field: Colour::hex(0x2c_30_3a),
    text: Colour::hex(0xe8_ea_f0),
    faint: Colour::hex(0x9a_a2_b1),
    accent: Colour::hex(0x4c_8d_f0),
    paper: Colour::hex(0x26_2b_38),
    ink: Colour::hex(0xed_ef_f5),
    code: (Colour::hex(0x17_1a_22), Colour::hex(0xb8_d4_a8)),
    toast: (Colour::hex(0xf0_f2_f6), Colour::hex(0x1d_22_2c)),
    label: (Colour::hex(0x10_11_14), Colour::hex(0xf0_f0_f0)),
};
