//! Where the hosts of providers are. The only list that the guard believes.
//!
//! Places outside the EEA are listed as well where their names could be taken for others: a region
//! that begins with `eu-` need not be in the European Union. `country` decides, nothing else does.
//!
//! A row is added by somebody who has read the provider's own statement of where that host is, and
//! says where and when. What is not listed is refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Country;

/// Whose machines a bucket is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Amazon Web Services, its general partition.
    Aws,
    /// The AWS European Sovereign Cloud, a partition of its own.
    AwsSovereign,
    /// OVHcloud.
    Ovh,
    /// Scaleway.
    Scaleway,
    /// Hetzner.
    Hetzner,
    /// IONOS.
    Ionos,
    /// Exoscale.
    Exoscale,
    /// Leaseweb.
    Leaseweb,
    /// Machines of the operator, in a country that the operator states.
    SelfHosted,
}

impl Provider {
    /// Says whether it runs the S3 of Amazon, whose answers have a documented meaning. Others answer
    /// what they like.
    pub const fn is_aws(self) -> bool {
        matches!(self, Self::Aws | Self::AwsSovereign)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aws => "AWS",
            Self::AwsSovereign => "AWS European Sovereign Cloud",
            Self::Ovh => "OVHcloud",
            Self::Scaleway => "Scaleway",
            Self::Hetzner => "Hetzner",
            Self::Ionos => "IONOS",
            Self::Exoscale => "Exoscale",
            Self::Leaseweb => "Leaseweb",
            Self::SelfHosted => "self-hosted",
        })
    }
}

/// A place where a provider keeps objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose it is.
    pub provider: Provider,
    /// The name of the region, as the provider writes it and requests are signed with.
    pub region: &'static str,
    /// Where that is.
    pub town: &'static str,
    /// The country that town is in.
    pub country: Country,
    /// Hosts of the place. Objects reach it through these only, on port 443.
    pub hosts: &'static [&'static str],
    /// Where the provider says so.
    pub source: &'static str,
}

impl Place {
    /// Returns the place of a host.
    pub fn of_host(host: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.hosts.contains(&host))
    }
}

/// Domains of providers. A host below one of these is never the operator's own, whatever the
/// operator says: where it is, the provider decides. Those after the listed providers are the ones
/// that are most often taken for a store of one's own.
pub(super) const DOMAINS_OF_OTHERS: [&str; 27] = [
    "amazonaws.com",
    "amazonaws.eu",
    "amazonaws.com.cn",
    "api.aws",
    "amazonwebservices.eu",
    "cloudfront.net",
    "ovh.net",
    "ovh.us",
    "scw.cloud",
    "your-objectstorage.com",
    "ionoscloud.com",
    "exo.io",
    "object-storage.io",
    "googleapis.com",
    "windows.net",
    "cloudflarestorage.com",
    "wasabisys.com",
    "backblazeb2.com",
    "digitaloceanspaces.com",
    "linodeobjects.com",
    "idrivee2.com",
    "oraclecloud.com",
    "appdomain.cloud",
    "aliyuncs.com",
    "myqcloud.com",
    "vultrobjects.com",
    "storjshare.io",
];

/// The partitions of AWS as its own SDK has them, version 1.157.0, November 2026. A test compares.
const AWS: &str = "partition table of aws-sdk-s3 1.157.0, November 2026";
/// <https://github.com/ovh/docs>, guide `s3_location` at 1c150cc, of 2024-08-09, and
/// <https://github.com/rclone/rclone>, `backend/s3/provider/OVHcloud.yaml` at 1c254f5.
const OVH: &str = "OVHcloud guide s3_location; rclone 1c254f5 for Paris; read November 2026";
/// <https://github.com/rclone/rclone>, `backend/s3/provider/Scaleway.yaml` at 1f2d75d.
const SCALEWAY: &str = "rclone 1f2d75d, Scaleway.yaml; read November 2026";
/// <https://github.com/rclone/rclone>, `backend/s3/provider/Hetzner.yaml` at 1ebc75a.
const HETZNER: &str = "rclone 1ebc75a, Hetzner.yaml; read November 2026";
/// <https://docs.ionos.com/cloud/storage-and-backup/s3-object-storage/concepts/buckets>, and the
/// table of hosts in `terraform-provider-ionoscloud` v6, `services/objectstorage`.
const IONOS: &str =
    "docs.ionos.com, concepts/buckets; terraform-provider-ionoscloud v6; read November 2026";
/// <https://community.exoscale.com/api/sos>
const EXOSCALE: &str = "community.exoscale.com/api/sos; read November 2026";
/// <https://developer.leaseweb.com/aws>
const LEASEWEB: &str = "developer.leaseweb.com/aws; read November 2026";

/// Regional and dual-stack hosts. The global host, the acceleration hosts and those of access points
/// lead elsewhere and are not listed; FIPS hosts exist in North America only.
macro_rules! aws {
    ($provider:ident, $suffix:literal, $region:literal, $town:literal, $country:literal) => {
        Place {
            provider: Provider::$provider,
            region: $region,
            town: $town,
            country: Country::of($country),
            hosts: &[
                concat!("s3.", $region, ".", $suffix),
                concat!("s3.dualstack.", $region, ".", $suffix),
            ],
            source: AWS,
        }
    };
}

macro_rules! place {
    ($provider:ident, $source:ident, $region:literal, $town:literal, $country:literal,
     [$($host:literal),+]) => {
        Place {
            provider: Provider::$provider,
            region: $region,
            town: $town,
            country: Country::of($country),
            hosts: &[$($host),+],
            source: $source,
        }
    };
}

/// All places that are known, one a line.
#[rustfmt::skip]
pub const PLACES: [Place; 39] = [
    aws!(Aws, "amazonaws.com", "eu-central-1", "Frankfurt", "DE"),
    aws!(Aws, "amazonaws.com", "eu-north-1", "Stockholm", "SE"),
    aws!(Aws, "amazonaws.com", "eu-south-1", "Milan", "IT"),
    aws!(Aws, "amazonaws.com", "eu-south-2", "Spain", "ES"),
    aws!(Aws, "amazonaws.com", "eu-west-1", "Ireland", "IE"),
    aws!(Aws, "amazonaws.com", "eu-west-3", "Paris", "FR"),
    aws!(Aws, "amazonaws.com", "eu-central-2", "Zurich", "CH"),
    aws!(Aws, "amazonaws.com", "eu-west-2", "London", "GB"),
    aws!(Aws, "amazonaws.com", "us-east-1", "Northern Virginia", "US"),
    aws!(AwsSovereign, "amazonaws.eu", "eusc-de-east-1", "Germany", "DE"),
    place!(Ovh, OVH, "gra", "Gravelines", "FR", ["s3.gra.io.cloud.ovh.net", "s3.gra.perf.cloud.ovh.net"]),
    place!(Ovh, OVH, "rbx", "Roubaix", "FR", ["s3.rbx.io.cloud.ovh.net"]),
    place!(Ovh, OVH, "sbg", "Strasbourg", "FR", ["s3.sbg.io.cloud.ovh.net", "s3.sbg.perf.cloud.ovh.net"]),
    place!(Ovh, OVH, "eu-west-par", "Paris", "FR", ["s3.eu-west-par.io.cloud.ovh.net"]),
    place!(Ovh, OVH, "de", "Frankfurt", "DE", ["s3.de.io.cloud.ovh.net"]),
    place!(Ovh, OVH, "waw", "Warsaw", "PL", ["s3.waw.io.cloud.ovh.net"]),
    place!(Ovh, OVH, "uk", "London", "GB", ["s3.uk.io.cloud.ovh.net"]),
    place!(Ovh, OVH, "bhs", "Beauharnois", "CA", ["s3.bhs.io.cloud.ovh.net", "s3.bhs.perf.cloud.ovh.net"]),
    place!(Scaleway, SCALEWAY, "fr-par", "Paris", "FR", ["s3.fr-par.scw.cloud"]),
    place!(Scaleway, SCALEWAY, "nl-ams", "Amsterdam", "NL", ["s3.nl-ams.scw.cloud"]),
    place!(Scaleway, SCALEWAY, "pl-waw", "Warsaw", "PL", ["s3.pl-waw.scw.cloud"]),
    place!(Scaleway, SCALEWAY, "it-mil", "Milan", "IT", ["s3.it-mil.scw.cloud"]),
    place!(Hetzner, HETZNER, "fsn1", "Falkenstein", "DE", ["fsn1.your-objectstorage.com"]),
    place!(Hetzner, HETZNER, "nbg1", "Nuremberg", "DE", ["nbg1.your-objectstorage.com"]),
    place!(Hetzner, HETZNER, "hel1", "Helsinki", "FI", ["hel1.your-objectstorage.com"]),
    place!(Ionos, IONOS, "de", "Frankfurt", "DE", ["s3.eu-central-1.ionoscloud.com", "s3-eu-central-1.ionoscloud.com"]),
    place!(Ionos, IONOS, "eu-central-2", "Berlin", "DE", ["s3.eu-central-2.ionoscloud.com", "s3-eu-central-2.ionoscloud.com"]),
    place!(Ionos, IONOS, "eu-central-3", "Berlin", "DE", ["s3.eu-central-3.ionoscloud.com"]),
    place!(Ionos, IONOS, "eu-south-2", "Logroño", "ES", ["s3.eu-south-2.ionoscloud.com", "s3-eu-south-2.ionoscloud.com"]),
    place!(Ionos, IONOS, "us-central-1", "Lenexa", "US", ["s3.us-central-1.ionoscloud.com"]),
    place!(Exoscale, EXOSCALE, "de-fra-1", "Frankfurt", "DE", ["sos-de-fra-1.exo.io"]),
    place!(Exoscale, EXOSCALE, "de-muc-1", "Munich", "DE", ["sos-de-muc-1.exo.io"]),
    place!(Exoscale, EXOSCALE, "at-vie-1", "Vienna", "AT", ["sos-at-vie-1.exo.io"]),
    place!(Exoscale, EXOSCALE, "at-vie-2", "Vienna", "AT", ["sos-at-vie-2.exo.io"]),
    place!(Exoscale, EXOSCALE, "bg-sof-1", "Sofia", "BG", ["sos-bg-sof-1.exo.io"]),
    place!(Exoscale, EXOSCALE, "ch-gva-2", "Geneva", "CH", ["sos-ch-gva-2.exo.io"]),
    place!(Exoscale, EXOSCALE, "ch-dk-2", "Zurich", "CH", ["sos-ch-dk-2.exo.io"]),
    place!(Leaseweb, LEASEWEB, "nl-01", "Netherlands", "NL", ["nl.object-storage.io"]),
    place!(Leaseweb, LEASEWEB, "de-01", "Germany", "DE", ["de.object-storage.io"]),
];

/// What is known of the name of a region, whoever uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameSays {
    /// That it is in the EEA, if the one who uses it means what the provider means.
    Inside,
    /// That it is elsewhere.
    Outside,
    /// Nothing. Anybody can make up a name.
    Nothing,
}

/// Says what a region's name tells. A name in the form of AWS that is not on the list is elsewhere:
/// new regions of AWS are made all over the world.
pub(super) fn name_says(region: &str) -> NameSays {
    let known = |place: &&Place| place.region == region;
    let is_inside = |place: &Place| place.country.is_in_eea();
    if has_form_of_aws(region) {
        let aws = PLACES.iter().filter(|place| place.provider.is_aws());
        return match aws.clone().find(known) {
            Some(place) if is_inside(place) => NameSays::Inside,
            _ => NameSays::Outside,
        };
    }
    match PLACES.iter().find(known) {
        Some(place) if is_inside(place) => NameSays::Inside,
        Some(_) => NameSays::Outside,
        None => NameSays::Nothing,
    }
}

/// `eu-west-1`, `us-gov-east-1`: the patterns of the partitions of AWS, taken wide.
fn has_form_of_aws(region: &str) -> bool {
    const BEGINNINGS: [&str; 12] = [
        "us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "eusc", "aws",
    ];
    let parts: Vec<&str> = region.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() >= 3 && BEGINNINGS.contains(&parts[0]) && parts.last().is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_host_is_listed_twice_and_every_one_is_below_a_known_domain() {
        let hosts: Vec<&str> = PLACES
            .iter()
            .flat_map(|place| place.hosts)
            .copied()
            .collect();
        assert_eq!(hosts.iter().collect::<HashSet<_>>().len(), hosts.len());
        for host in hosts {
            let is_below = |domain: &&str| host.ends_with(&format!(".{domain}"));
            assert!(DOMAINS_OF_OTHERS.iter().any(is_below), "{host}");
            assert!(Place::of_host(host).is_some());
        }
    }

    #[test]
    fn a_name_that_looks_european_need_not_be() {
        for region in [
            "eu-west-2",
            "eu-central-2",
            "us-east-1",
            "us-gov-east-1",
            "eu-west-9",
            "ch-gva-2",
            "uk",
            "bhs",
            "ap-southeast-2",
            "eusc-de-east-9",
        ] {
            assert_eq!(name_says(region), NameSays::Outside, "{region}");
        }
        for region in ["eu-west-1", "eusc-de-east-1", "de-fra-1", "gra"] {
            assert_eq!(name_says(region), NameSays::Inside, "{region}");
        }
        for region in ["garage", "default", "dc-2", "eu-1", "", "us-east"] {
            assert_eq!(name_says(region), NameSays::Nothing, "{region}");
        }
    }
}
