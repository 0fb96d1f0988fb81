"""What invented papers of twelve languages are made of: places, labels and sentences around a day."""

from dataclasses import dataclass

LANGUAGES = ("en", "es", "fr", "de", "ru", "ar", "zh", "pt", "it", "pl", "tr", "uk")


@dataclass(frozen=True)
class Words:
    """`decree`, `minutes`, `letter_of`, `made`, `since` and `prose` hold the day as {}."""

    city: str
    office: str
    date: str
    issued: str
    due: str
    until: str
    received: str
    born: str
    signed: str
    pages: str
    dear: str
    decree: str
    minutes: str
    letter_of: str
    made: str
    prose: str
    body: str


WORDS = {
    "en": Words(
        "Port Evering", "Harbour Office", "Date", "Issued", "Due", "Valid until", "RECEIVED", "Date of birth",
        "Signed on", "Pages", "Dear Sir,", "Decree No. 45 of {} on the use of moorings",
        "Minutes of the meeting of the harbour council held on {} in the town hall", "Your letter of {}",
        "This agreement is made on {} between the Harbour Office and Marlow Timber Ltd.",
        "The old sea wall broke on {} and was never rebuilt.",
        "The lamp at the northern pier is to be kept in order by the tenant.",
    ),
    "es": Words(
        "Villanera", "Capitanía del Puerto", "Fecha", "Expedido el", "Vencimiento",
        "Válido hasta", "RECIBIDO",
        "Fecha de nacimiento", "Firmado el", "Páginas", "Estimado señor:",
        "Decreto n.º 45, de {}, sobre el uso de los amarres",
        "Acta de la sesión del consejo del puerto celebrada el {} en la casa consistorial", "Su carta de {}",
        "El presente contrato se celebra el {} entre la Capitanía y Maderas Marlow, S. L.",
        "El antiguo dique se rompió el {} y nunca se reconstruyó.",
        "El arrendatario mantendrá en buen estado el farol del muelle norte.",
    ),
    "fr": Words(
        "Port-Évrin", "Capitainerie du port", "Date", "Délivré le", "Échéance", "Valable jusqu'au", "REÇU LE",
        "Date de naissance", "Signé le", "Pages", "Monsieur,",
        "Décret n° 45 du {} relatif à l'usage des mouillages",
        "Procès-verbal de la séance du conseil portuaire tenue le {} à la mairie", "Votre lettre du {}",
        "Le présent contrat est conclu le {} entre la Capitainerie et les Bois Marlow.",
        "L'ancienne digue s'est rompue le {} et n'a jamais été reconstruite.",
        "Le locataire entretient la lampe de la jetée nord.",
    ),
    "de": Words(
        "Hafenwerder", "Hafenamt", "Datum", "Ausgestellt am", "Fällig am", "Gültig bis", "EINGEGANGEN",
        "Geburtsdatum", "Unterzeichnet am", "Seiten", "Sehr geehrter Herr Marlow,",
        "Verordnung Nr. 45 vom {} über die Benutzung der Liegeplätze",
        "Niederschrift über die Sitzung des Hafenrates am {} im großen Saal des Rathauses",
        "Ihr Schreiben vom {}",
        "Dieser Vertrag wird am {} zwischen dem Hafenamt und der Marlow Holz GmbH geschlossen.",
        "Der alte Deich brach am {} und wurde nie wieder aufgebaut.",
        "Die Lampe am Nordkai ist vom Pächter in Ordnung zu halten.",
    ),
    "ru": Words(
        "Приморск", "Управление порта", "Дата", "Выдано", "Срок оплаты", "Действительно до", "ПОЛУЧЕНО",
        "Дата рождения", "Подписано", "Страниц", "Уважаемый господин Марлов!",
        "Постановление № 45 от {} о пользовании причалами",
        "Протокол заседания портового совета, состоявшегося {} в здании городской управы",
        "Ваше письмо от {}",
        "Настоящий договор заключён {} между Управлением порта и товариществом «Марлов Лес».",
        "Старая дамба прорвалась {} и больше не восстанавливалась.",
        "Фонарь на северном причале содержит в порядке арендатор.",
    ),
    "ar": Words(
        "مرسى النور", "إدارة الميناء", "التاريخ", "صدر بتاريخ", "تاريخ الاستحقاق", "صالح حتى", "وارد",
        "تاريخ الميلاد", "وُقّع في", "الصفحات", "السيد المحترم،",
        "المرسوم رقم ٤٥ المؤرخ {} بشأن استعمال المراسي",
        "محضر اجتماع مجلس الميناء المنعقد يوم {} في قاعة البلدية الكبرى", "رسالتكم المؤرخة {}",
        "أبرم هذا العقد في {} بين إدارة الميناء وشركة مارلو للأخشاب.",
        "انهار السد القديم في {} ولم يعد بناؤه قط.",
        "يحافظ المستأجر على مصباح الرصيف الشمالي.",
    ),
    "zh": Words(
        "海门市", "港务局", "日期", "签发日期", "到期日", "有效期至", "收文", "出生日期", "签署日期", "页数",
        "尊敬的先生：", "关于系泊使用的第45号令（{}）", "港务委员会会议纪要，会议于{}在市政厅召开",
        "贵方{}来函",
        "本协议由港务局与马洛木材公司于{}签订。", "旧海堤于{}决口，此后再未重建。",
        "北码头的灯由承租人负责维护。",
    ),
    "pt": Words(
        "Vila Nova do Cais", "Capitania do Porto", "Data", "Emitido em", "Vencimento",
        "Válido até", "RECEBIDO",
        "Data de nascimento", "Assinado em", "Páginas", "Exmo. Senhor,",
        "Decreto n.º 45, de {}, sobre o uso dos ancoradouros",
        "Ata da reunião do conselho do porto realizada em {} no salão da câmara municipal",
        "A sua carta de {}",
        "O presente contrato é celebrado em {} entre a Capitania e a Madeiras Marlow, Lda.",
        "O antigo dique rompeu-se em {} e nunca foi reconstruído.",
        "O arrendatário mantém em ordem a lâmpada do cais norte.",
    ),
    "it": Words(
        "Porto Averno", "Ufficio del porto", "Data", "Rilasciato il", "Scadenza",
        "Valido fino al", "RICEVUTO",
        "Data di nascita", "Firmato il", "Pagine", "Egregio Signore,",
        "Decreto n. 45 del {} sull'uso degli ormeggi",
        "Verbale della seduta del consiglio del porto tenutasi il {} nella sala del municipio",
        "La Vostra lettera del {}",
        "Il presente contratto è stipulato il {} tra l'Ufficio del porto e la Marlow Legnami.",
        "La vecchia diga cedette il {} e non fu mai ricostruita.",
        "Il locatario tiene in ordine la lampada del molo nord.",
    ),
    "pl": Words(
        "Nowy Brzeg", "Kapitanat Portu", "Data", "Wystawiono dnia", "Termin płatności",
        "Ważne do", "WPŁYNĘŁO",
        "Data urodzenia", "Podpisano dnia", "Stron", "Szanowny Panie,",
        "Rozporządzenie nr 45 z dnia {} w sprawie korzystania z cumowisk",
        "Protokół posiedzenia rady portu, które odbyło się {} w sali ratusza miejskiego", "Pismo Pana z {}",
        "Niniejsza umowa została zawarta dnia {} między Kapitanatem Portu a spółką Marlow Drewno.",
        "Stary wał przerwało {} i nigdy go nie odbudowano.",
        "Dzierżawca utrzymuje w porządku latarnię na nabrzeżu północnym.",
    ),
    "tr": Words(
        "Yeniliman", "Liman Başkanlığı", "Tarih", "Düzenlenme tarihi", "Vade", "Geçerlilik sonu", "ALINDI",
        "Doğum tarihi", "İmza tarihi", "Sayfa", "Sayın Yetkili,",
        "{} tarihli ve 45 sayılı bağlama yerleri kararnamesi",
        "Liman meclisinin {} tarihinde belediye binasının büyük salonunda yapılan toplantısının tutanağı",
        "{} tarihli yazınız",
        "Bu sözleşme {} tarihinde Liman Başkanlığı ile Marlow Kereste arasında yapılmıştır.",
        "Eski set {} tarihinde yıkıldı ve bir daha yapılmadı.",
        "Kuzey iskelesindeki lambanın bakımını kiracı yapar.",
    ),
    "uk": Words(
        "Приморське", "Управління порту", "Дата", "Видано", "Термін сплати", "Дійсне до", "ОТРИМАНО",
        "Дата народження", "Підписано", "Сторінок", "Шановний пане Марлов!",
        "Постанова № 45 від {} про користування причалами",
        "Протокол засідання портової ради, яке відбулося {} у залі міської управи", "Ваш лист від {}",
        "Цей договір укладено {} між Управлінням порту та товариством «Марлов Ліс».",
        "Стару дамбу прорвало {}, і її так і не відбудували.",
        "Ліхтар на північному причалі утримує в порядку орендар.",
    ),
}  # fmt: skip
