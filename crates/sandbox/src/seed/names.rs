//! Names and addresses of people who do not exist.
//!
//! Of many scripts and shapes, because the programs that read them break on exactly these: an
//! apostrophe, a name of one word, of two letters, of sixty, right-to-left text, letters outside the
//! basic plane's first pages. Addresses are ASCII and under names reserved for examples.

/// The first people, by hand: display name and address. Nobody else's address has digits in it
/// or stands here, so addresses are unique.
pub(super) const FIRST: [(&str, &str); 50] = [
    ("Olivia Owusu", "olivia.owusu@rollcall.example"),
    ("Grażyna Wójcik", "grazyna.wojcik@rollcall.example"),
    ("Дмитрий Соколов", "dmitri.sokolov@rollcall.example"),
    ("Siobhán O’Sullivan", "siobhan.osullivan@rollcall.example"),
    ("Ελένη Παπαδοπούλου", "eleni.papadopoulou@rollcall.example"),
    ("יעל כהן", "yael.cohen@example.org"),
    ("محمد الحسيني", "mohammed.alhusseini@rollcall.example"),
    ("王秀英", "wang.xiuying@rollcall.example"),
    ("佐藤 花子", "hanako.sato@example.org"),
    ("김민준", "minjun.kim@rollcall.example"),
    ("प्रिया शर्मा", "priya.sharma@rollcall.example"),
    ("สมชาย ใจดี", "somchai.jaidee@rollcall.example"),
    ("አበበ በቀለ", "abebe.bekele@rollcall.example"),
    ("Guðrún Jónsdóttir", "gudrun.jonsdottir@rollcall.example"),
    ("Suharti", "suharti@rollcall.example"),
    ("Jean-Baptiste Lefèvre-D'Aubigné", "jean-baptiste.lefevre-daubigne@rollcall.example"),
    (
        "María de los Ángeles Fernández-Santamaría y Rodríguez de la Fuente",
        "maria.fernandez-santamaria@rollcall.example",
    ),
    ("Nguyễn Thị Ánh Tuyết", "tuyet.nguyen@rollcall.example"),
    ("Łukasz Żółkiewski", "lukasz.zolkiewski@rollcall.example"),
    ("Çağla Yıldırım", "cagla.yildirim@rollcall.example"),
    ("Aygün Əliyeva", "aygun.aliyeva@rollcall.example"),
    ("Jürgen Groß", "juergen.gross@rollcall.example"),
    ("Ørjan Åsmundsen", "orjan.asmundsen@rollcall.example"),
    ("Kaʻiulani Kealoha", "kaiulani.kealoha@rollcall.example"),
    ("Наталія Ґонта", "natalia.honta@rollcall.example"),
    ("Զարուհի Պետրոսյան", "zaruhi.petrosyan@rollcall.example"),
    ("ნინო ბერიძე", "nino.beridze@rollcall.example"),
    ("فاطمه رضایی", "fatemeh.rezaei@rollcall.example"),
    ("عائشہ خان", "ayesha.khan@rollcall.example"),
    ("அருண் குமார்", "arun.kumar@rollcall.example"),
    ("শর্মিলা দাস", "sharmila.das@rollcall.example"),
    ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "gurpreet.singh@rollcall.example"),
    ("සුනිල් පෙරේරා", "sunil.perera@rollcall.example"),
    ("ခင်ခင်ဝင်း", "khin.khin.win@rollcall.example"),
    ("សុខ ចាន់ធី", "sok.chanthy@rollcall.example"),
    ("བསྟན་འཛིན", "tenzin@rollcall.example"),
    ("陳大文", "daiman.chan@rollcall.example"),
    ("欧阳娜", "ouyang.na@rollcall.example"),
    ("山田 太郎", "taro.yamada@rollcall.example"),
    ("이서연", "seoyeon.lee@rollcall.example"),
    ("Chukwuemeka Nwachukwu-Okonkwo", "chukwuemeka.nwachukwu@rollcall.example"),
    ("Nkosazana Dlamini", "nkosazana.dlamini@rollcall.example"),
    ("Wanjikũ wa Kamau", "wanjiku.kamau@rollcall.example"),
    ("D'Arcy McAllister-Smythe", "darcy.mcallister-smythe@rollcall.example"),
    ("Ñusta Quispe Mamani", "nusta.quispe@rollcall.example"),
    ("Zoë van den Broeck", "zoe.vandenbroeck@example.net"),
    ("Ștefan Ionescu-Țepeș", "stefan.ionescu@rollcall.example"),
    ("Þórbjörg Einarsdóttir", "thorbjorg.einarsdottir@rollcall.example"),
    ("O Yan", "o.yan@example.com"),
    (
        "Maximiliane Auguste Friederike von und zu Hohenstein-Waldburg",
        "maximiliane.hohenstein@rollcall.example",
    ),
];

const DOMAINS: [&str; 4] = ["rollcall.example", "example.com", "example.org", "example.net"];

use Order::{FamilyGivenJoined, GivenFamily};

/// How a name is put together where it comes from.
enum Order {
    GivenFamily,
    FamilyGivenJoined,
}

/// Each name as it is written, and in ASCII for the address.
struct Names {
    order: Order,
    given: [(&'static str, &'static str); 6],
    family: [(&'static str, &'static str); 5],
}

#[rustfmt::skip]
const NAMES: [Names; 14] = [
    Names { order: GivenFamily,
        given: [("Amara", "amara"), ("Tomasz", "tomasz"), ("Søren", "soren"), ("Inés", "ines"), ("Zoë", "zoe"), ("Jörg", "joerg")],
        family: [("Okafor", "okafor"), ("Kowalczyk", "kowalczyk"), ("Bergström", "bergstrom"), ("O'Connor", "oconnor"), ("García-López", "garcia-lopez")] },
    Names { order: GivenFamily,
        given: [("Анна", "anna"), ("Сергей", "sergei"), ("Олена", "olena"), ("Богдан", "bohdan"), ("Милица", "milica"), ("Иван", "ivan")],
        family: [("Петренко", "petrenko"), ("Иванова", "ivanova"), ("Јовановић", "jovanovic"), ("Кузнецов", "kuznetsov"), ("Шевченко", "shevchenko")] },
    Names { order: GivenFamily,
        given: [("Μαρία", "maria"), ("Γιώργος", "giorgos"), ("Κώστας", "kostas"), ("Δήμητρα", "dimitra"), ("Νίκος", "nikos"), ("Σοφία", "sofia")],
        family: [("Παππάς", "pappas"), ("Οικονόμου", "oikonomou"), ("Νικολαΐδης", "nikolaidis"), ("Γεωργίου", "georgiou"), ("Αλεξίου", "alexiou")] },
    Names { order: GivenFamily,
        given: [("ليلى", "layla"), ("عمر", "omar"), ("نور", "nour"), ("يوسف", "yusuf"), ("مريم", "maryam"), ("خالد", "khaled")],
        family: [("حداد", "haddad"), ("المنصور", "almansour"), ("بن علي", "benali"), ("الشامي", "alshami"), ("نجار", "najjar")] },
    Names { order: GivenFamily,
        given: [("נועה", "noa"), ("דוד", "david"), ("תמר", "tamar"), ("איתן", "eitan"), ("שירה", "shira"), ("אורי", "uri")],
        family: [("לוי", "levi"), ("מזרחי", "mizrahi"), ("פרץ", "peretz"), ("בן־דוד", "bendavid"), ("פרידמן", "friedman")] },
    Names { order: GivenFamily,
        given: [("आरव", "aarav"), ("दीपिका", "deepika"), ("रोहन", "rohan"), ("सीता", "sita"), ("विजय", "vijay"), ("मीरा", "meera")],
        family: [("पटेल", "patel"), ("वर्मा", "verma"), ("गुप्ता", "gupta"), ("श्रेष्ठ", "shrestha"), ("जोशी", "joshi")] },
    Names { order: FamilyGivenJoined,
        given: [("伟", "wei"), ("芳", "fang"), ("建国", "jianguo"), ("丽华", "lihua"), ("志强", "zhiqiang"), ("雪梅", "xuemei")],
        family: [("李", "li"), ("张", "zhang"), ("陈", "chen"), ("刘", "liu"), ("欧阳", "ouyang")] },
    Names { order: FamilyGivenJoined,
        given: [("さくら", "sakura"), ("健太", "kenta"), ("陽菜", "hina"), ("大輔", "daisuke"), ("美咲", "misaki"), ("翔", "sho")],
        family: [("鈴木", "suzuki"), ("高橋", "takahashi"), ("田中", "tanaka"), ("渡辺", "watanabe"), ("小林", "kobayashi")] },
    Names { order: FamilyGivenJoined,
        given: [("지우", "jiwoo"), ("서준", "seojun"), ("하은", "haeun"), ("도윤", "doyun"), ("수빈", "subin"), ("현우", "hyunwoo")],
        family: [("박", "park"), ("최", "choi"), ("정", "jung"), ("강", "kang"), ("남궁", "namgung")] },
    Names { order: GivenFamily,
        given: [("นภา", "napha"), ("ธนา", "thana"), ("มาลี", "malee"), ("วิชัย", "wichai"), ("ปรียา", "preeya"), ("อนันต์", "anan")],
        family: [("สุขใจ", "sukjai"), ("แสงทอง", "saengthong"), ("ทองดี", "thongdee"), ("ศรีสุข", "srisuk"), ("วงศ์ไทย", "wongthai")] },
    Names { order: GivenFamily,
        given: [("ሰላም", "selam"), ("ዳዊት", "dawit"), ("ሄለን", "helen"), ("ዮናስ", "yonas"), ("ማርታ", "marta"), ("ተስፋዬ", "tesfaye")],
        family: [("ታደሰ", "tadesse"), ("ገብረ", "gebre"), ("ከበደ", "kebede"), ("መኮንን", "mekonnen"), ("ኃይሉ", "hailu")] },
    Names { order: GivenFamily,
        given: [("Արամ", "aram"), ("Անի", "ani"), ("Դավիթ", "davit"), ("Մարիամ", "mariam"), ("Տիգրան", "tigran"), ("Լուսինե", "lusine")],
        family: [("Սարգսյան", "sargsyan"), ("Հակոբյան", "hakobyan"), ("Գրիգորյան", "grigoryan"), ("Խաչատրյան", "khachatryan"), ("Մկրտչյան", "mkrtchyan")] },
    Names { order: GivenFamily,
        given: [("அனிதா", "anitha"), ("கார்த்திக்", "karthik"), ("மீனா", "meena"), ("ரவி", "ravi"), ("லதா", "latha"), ("முருகன்", "murugan")],
        family: [("சுப்ரமணியன்", "subramanian"), ("ராஜன்", "rajan"), ("நடராஜன்", "natarajan"), ("பாண்டியன்", "pandian"), ("செல்வம்", "selvam")] },
    Names { order: GivenFamily,
        given: [("Thùy", "thuy"), ("Kwame", "kwame"), ("Leilani", "leilani"), ("Anahí", "anahi"), ("Mūsa", "musa"), ("Keʻala", "keala")],
        family: [("Trần", "tran"), ("Mensah-Boateng", "mensah-boateng"), ("N'Diaye", "ndiaye"), ("Quispe", "quispe"), ("Đặng", "dang")] },
];

/// Display name and address of a made-up person. The address carries the index, and no other digit.
pub(super) fn generated(index: usize) -> (String, String) {
    let names = &NAMES[index % NAMES.len()];
    let round = index / NAMES.len();
    let (given, given_ascii) = names.given[round % names.given.len()];
    let (family, family_ascii) = names.family[round / names.given.len() % names.family.len()];
    let display_name = match names.order {
        GivenFamily => format!("{given} {family}"),
        FamilyGivenJoined => format!("{family}{given}"),
    };
    let domain = DOMAINS[index / 3 % DOMAINS.len()];
    (display_name, format!("{given_ascii}.{family_ascii}{index}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn is_plain(part: &str) -> bool {
        part.chars().all(|letter| letter.is_ascii_lowercase() || ".-".contains(letter))
    }

    #[test]
    fn the_first_people_have_plain_and_unique_addresses_without_digits() {
        let addresses: HashSet<&str> = FIRST.iter().map(|(_, email)| *email).collect();
        assert_eq!(addresses.len(), FIRST.len());
        assert!(addresses.iter().all(|email| email.split('@').all(is_plain)), "{addresses:?}");
    }

    #[test]
    fn every_address_is_under_a_name_reserved_for_examples() {
        let reserved =
            |email: &str| DOMAINS.iter().any(|domain| email.ends_with(&format!("@{domain}")));
        assert!(FIRST.iter().all(|(_, email)| reserved(email)));
        assert!((0..1_000).all(|index| reserved(&generated(index).1)));
    }

    #[test]
    fn the_ascii_form_of_a_name_is_plain() {
        for names in &NAMES {
            assert!(names.given.iter().chain(&names.family).all(|(_, ascii)| is_plain(ascii)));
        }
    }

    #[test]
    fn a_family_name_comes_first_where_it_does() {
        assert_eq!(generated(6), ("李伟".to_owned(), "wei.li6@example.org".to_owned()));
        assert_eq!(generated(14).0, "Tomasz Okafor");
    }
}
