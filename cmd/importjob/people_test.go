package main

// place is where some of the people of testdata/users.csv live.
type place struct {
	locale, zone string
	family       [][2]string // in the script of the place, and in ASCII for usernames and addresses
	given        [][2]string
	gender       []string // of the given name at the same place in the list
	familyFirst  bool
	addresses    []string // %d is the house number
	phone        string   // a range that is reserved for fiction, %02d the last digits; "" for no phone
}

// places has names in eleven scripts. The phone numbers are from ranges that the regulators of the United
// States, the United Kingdom, Germany and France keep free for drama, so that they ring nowhere.
//
// Sources: https://www.nanpa.com/ (555-0100 to 555-0199),
// https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama/
var places = []place{
	{
		locale: "en_US", zone: "America/Los_Angeles", phone: "+120655501%02d",
		family:    [][2]string{{"Miller", "miller"}, {"O'Brien", "obrien"}, {"Washington", "washington"}, {"Garcia", "garcia"}, {"Smith-Jones", "smith-jones"}, {"Nguyen", "nguyen"}},
		given:     [][2]string{{"Olivia", "olivia"}, {"Liam", "liam"}, {"Emma", "emma"}, {"Noah", "noah"}, {"Ava", "ava"}, {"Mateo", "mateo"}, {"Zoe", "zoe"}},
		gender:    []string{"female", "male", "female", "male", "female", "male", "female"},
		addresses: []string{"%d Pine Street, Seattle, WA 98101, USA", "%d NE 45th St, Apt 12, Seattle, WA 98105, USA", "PO Box %d, Spokane, WA 99201, USA"},
	},
	{
		locale: "en_GB", zone: "Europe/London", phone: "+4420794600%02d",
		family:    [][2]string{{"Taylor", "taylor"}, {"Davies", "davies"}, {"Patel", "patel"}, {"MacDonald", "macdonald"}, {"Evans", "evans"}},
		given:     [][2]string{{"Amelia", "amelia"}, {"Oliver", "oliver"}, {"Isla", "isla"}, {"George", "george"}, {"Siân", "sian"}},
		gender:    []string{"female", "male", "female", "male", "female"},
		addresses: []string{"%d High Street, London SE1 1AA, UK", "Flat %d, Rose Court, Leeds, UK"},
	},
	{
		locale: "de_DE", zone: "Europe/Berlin", phone: "+4930231251%02d",
		family:    [][2]string{{"Müller", "mueller"}, {"Groß", "gross"}, {"Schröder", "schroeder"}, {"Jäger", "jaeger"}, {"von der Heide", "vonderheide"}},
		given:     [][2]string{{"Jürgen", "juergen"}, {"Käthe", "kaethe"}, {"Sören", "soeren"}, {"Mia", "mia"}, {"Björn", "bjoern"}, {"Ute", "ute"}},
		gender:    []string{"male", "female", "male", "female", "male", "female"},
		addresses: []string{"Schloßstraße %d, 12163 Berlin", "Große Bleichen %d, 20354 Hamburg, Deutschland"},
	},
	{
		locale: "fr_FR", zone: "Europe/Paris", phone: "+331990012%02d",
		family:    [][2]string{{"Lefèvre", "lefevre"}, {"Garçon", "garcon"}, {"Noël", "noel"}, {"D'Aubigné", "daubigne"}, {"Bœuf", "boeuf"}},
		given:     [][2]string{{"Chloé", "chloe"}, {"François", "francois"}, {"Zoé", "zoe"}, {"Jérôme", "jerome"}, {"Anaïs", "anais"}},
		gender:    []string{"female", "male", "female", "male", "female"},
		addresses: []string{"%d, rue de l'Église, 75015 Paris", "%d bis, avenue Foch, 69006 Lyon, France"},
	},
	{
		locale: "ja_JP", zone: "Asia/Tokyo", familyFirst: true,
		family:    [][2]string{{"佐藤", "sato"}, {"鈴木", "suzuki"}, {"高橋", "takahashi"}, {"田中", "tanaka"}, {"髙島", "takashima"}},
		given:     [][2]string{{"さくら", "sakura"}, {"蓮", "ren"}, {"陽葵", "himari"}, {"大翔", "hiroto"}, {"ケン", "ken"}},
		gender:    []string{"female", "male", "female", "male", "male"},
		addresses: []string{"〒150-0001 東京都渋谷区神宮前1-%d", "大阪府大阪市北区梅田3丁目%d, グリーンビル"},
	},
	{
		locale: "ar_EG", zone: "Africa/Cairo",
		family:    [][2]string{{"حسن", "hassan"}, {"المصري", "elmasry"}, {"عبد الله", "abdullah"}, {"إبراهيم", "ibrahim"}},
		given:     [][2]string{{"فاطمة", "fatma"}, {"محمد", "mohamed"}, {"مريم", "mariam"}, {"أحمد", "ahmed"}},
		gender:    []string{"female", "male", "female", "male"},
		addresses: []string{"%d شارع التحرير، القاهرة", "شقة %d, شارع النيل, الجيزة"},
	},
	{
		locale: "ru_RU", zone: "Europe/Moscow",
		family:    [][2]string{{"Иванов", "ivanov"}, {"Ковалёв", "kovalev"}, {"Соловьёв", "solovyov"}, {"Морозов", "morozov"}},
		given:     [][2]string{{"Дмитрий", "dmitry"}, {"Фёдор", "fyodor"}, {"Алексей", "alexey"}, {"Юрий", "yury"}},
		gender:    []string{"male", "male", "male", "male"},
		addresses: []string{"ул. Ленина, д. %d, кв. 7, Москва", "Невский проспект, %d, Санкт-Петербург"},
	},
	{
		locale: "el_GR", zone: "Europe/Athens",
		family:    [][2]string{{"Παπαδοπούλου", "papadopoulou"}, {"Γεωργίου", "georgiou"}, {"Νικολάου", "nikolaou"}},
		given:     [][2]string{{"Ελένη", "eleni"}, {"Γιώργος", "giorgos"}, {"Μαρία", "maria"}, {"Κώστας", "kostas"}},
		gender:    []string{"female", "male", "female", "male"},
		addresses: []string{"Ερμού %d, Αθήνα 105 63", "Λεωφόρος Νίκης %d, Θεσσαλονίκη"},
	},
	{
		locale: "hi_IN", zone: "Asia/Kolkata",
		family:    [][2]string{{"शर्मा", "sharma"}, {"गुप्ता", "gupta"}, {"सिंह", "singh"}, {"अय्यर", "iyer"}},
		given:     [][2]string{{"प्रिया", "priya"}, {"अर्जुन", "arjun"}, {"लक्ष्मी", "lakshmi"}, {"विक्रम", "vikram"}},
		gender:    []string{"female", "male", "female", "male"},
		addresses: []string{"%d, महात्मा गांधी मार्ग, नई दिल्ली 110001", "मकान नं. %d, सेक्टर 17, चंडीगढ़"},
	},
	{
		locale: "ko_KR", zone: "Asia/Seoul", familyFirst: true,
		family:    [][2]string{{"김", "kim"}, {"이", "lee"}, {"박", "park"}, {"최", "choi"}},
		given:     [][2]string{{"서연", "seoyeon"}, {"민준", "minjun"}, {"지우", "jiwoo"}, {"도윤", "doyun"}},
		gender:    []string{"female", "male", "female", "male"},
		addresses: []string{"서울특별시 강남구 테헤란로 %d", "부산광역시 해운대구 우동 %d, 101동 202호"},
	},
	{
		locale: "zh_TW", zone: "Asia/Taipei", familyFirst: true,
		family:    [][2]string{{"陳", "chen"}, {"林", "lin"}, {"歐陽", "ouyang"}, {"𠮷田", "yoshida"}}, // the last has a character outside of the basic plane
		given:     [][2]string{{"怡君", "yijun"}, {"志明", "zhiming"}, {"淑芬", "shufen"}, {"家豪", "jiahao"}},
		gender:    []string{"female", "male", "female", "male"},
		addresses: []string{"臺北市信義區市府路%d號", "高雄市前鎮區中山二路%d號, 5樓"},
	},
	{
		locale: "th_TH", zone: "Asia/Bangkok",
		family:    [][2]string{{"ใจดี", "jaidee"}, {"สุขสันต์", "suksan"}, {"ทองคำ", "thongkham"}},
		given:     [][2]string{{"สมชาย", "somchai"}, {"มาลี", "malee"}, {"อนันต์", "anan"}},
		gender:    []string{"male", "female", "male"},
		addresses: []string{"%d ถนนสุขุมวิท, กรุงเทพมหานคร 10110"},
	},
	{
		locale: "he_IL", zone: "Asia/Jerusalem",
		family:    [][2]string{{"כהן", "cohen"}, {"לוי", "levi"}, {"בן־דוד", "ben-david"}},
		given:     [][2]string{{"נועה", "noa"}, {"דוד", "david"}, {"תמר", "tamar"}},
		gender:    []string{"female", "male", "female"},
		addresses: []string{"רחוב הרצל %d, תל אביב"},
	},
}

// nicknames, in a few languages, and with an emoji.
var nicknames = []string{"Sunny", "Ace", "Schnucki", "Loulou", "ぴーちゃん", "Котик", "Q", "the Third 🎩", "小胖", "Mac & Cheese"}
