"""Titles, ranks, offices and common first names: what tells a person."""

# Before a name, part of how it is written.
RANKS = r"""
    Gen General Lt.\sGen Lieutenant\sGeneral Maj.\sGen Major\sGeneral Brig.\sGen Brigadier\sGeneral
    Brigadier Brig Col Colonel Lt.\sCol Lieutenant\sColonel Staff\sColonel Maj Major Capt Captain Cpt
    1st\sLt 2nd\sLt First\sLieutenant Second\sLieutenant Lt Lieutenant lieutenant Lt.\sCmdr Cmdr Commander
    Commodore Adm Admiral Vice\sAdmiral Vice\sAdm Rear\sAdmiral Rear\sAdm Field\sMarshal Marshal
    Air\sMarshal Air\sChief\sMarshal Wing\sCommander Squadron\sLeader Group\sCaptain Sgt Sergeant Staff\sSgt
    Staff\sSergeant Master\sSgt Sgt.\s1st\sClass Gunnery\sSgt Sgt.\sMaj Cpl Corporal Lance\sCpl
    Lance\sCorporal Pfc Pvt Private Spc Specialist Petty\sOfficer Chief\sPetty\sOfficer Warrant\sOfficer
    Airman Senior\sAirman Seaman Mr Mrs Ms Miss Dr Prof Professor Sir Lord Lady Baroness Dame Sheikh Shaykh
    Sheik Mullah Ayatollah Imam Hajji Emir Prince Princess King Queen Sultan Pope Father Sister Rev Reverend
    Bishop Archbishop Judge Justice Sr Sra Srta Don Doña Cnel Gral Coronel Teniente Capitán Sargento
    Almirante Comandante Señor Señora Генерал Полковник Майор Капитан генерал полковник подполковник майор
    капитан лейтенант г-н господин pukovnik general kapetan major poručnik gospodin gospođa пуковник капетан
""".split()  # noqa: SIM905
OFFICES = r"""
    President Vice\sPresident Prime\sMinister Deputy\sPrime\sMinister Minister Secretary Deputy\sSecretary
    Under\sSecretary Foreign\sSecretary Defen[cs]e\sSecretary Secretary[\s-]General Secretary\sof\sState
    Secretary\sof\sDefense Foreign\sMinister Defen[cs]e\sMinister Interior\sMinister Finance\sMinister
    Ambassador Governor Mayor Senator Congressman Congresswoman Representative Special\sRepresentative
    Special\sEnvoy Envoy Chancellor Premier Speaker Chairman Chairwoman Chair Director Director[\s-]General
    Chief Chief\sof\sStaff Inspector Superintendent Spokesman Spokeswoman Spokesperson Press\sSecretary
    spokesman spokeswoman spokesperson Coordinator Administrator Commissioner High\sCommissioner
    Attorney\sGeneral Presidente Presidenta Ministro Ministra Secretario Gobernador Alcalde президент
    министр премьер-министр губернатор predsednik ministar председник министар
""".split()  # noqa: SIM905
FIRST_NAMES = frozenset(
    r"""
    Aaron Abdel Abdul Abdullah Abdulrahman Abu Adam Adel Adnan Ahmad Ahmed Aisha Alan Albert Aleksandar
    Aleksandr Alex Alexander Alexandra Alexei Ali Alice Alicia Amal Amanda Amina Amir Ana Anas Andrea
    Andreas Andrei Andrew Andrés Andy Angela Anna Anne Anthony Antonio Ash Ashley Ashraf Ayman Barack
    Barbara Bashar Bassam Bassel Ben Benjamin Bernard Beth Bilal Bill Bob Boris Brad Brandon Brendan Brett
    Brian Bruce Bryan Carl Carla Carlos Carol Caroline Carolyn Catherine Charles Charlie Charlotte Chris
    Christian Christina Christine Christophe Christopher Claire Claudia Colin Craig Cristina Dan Daniel
    Daniela David Deborah Denis Dennis Diana Diego Dimitri Dmitri Dmitry Donald Donna Doug Douglas Dragan
    Dražen Dušan Edward Elena Elizabeth Emily Emma Eric Erik Ernesto Esther Eva Fadi Fahad Faisal Farid
    Fatima Fernando Firas Francis Francisco Frank François Fred Gareth Gary George Gerald Gloria Goran
    Gordon Grace Graham Greg Gregory Guy Habib Haidar Haider Hamid Hamza Hana Hannah Hans Harold Harry Hasan
    Hassan Heather Helen Henry Hisham Hussein Ian Ibrahim Igor Imad Irina Isabel Ivan Ivana Jack Jacob Jamal
    James Jamie Jan Jane Janet Jason Javier Jean Jeff Jeffrey Jelena Jennifer Jeremy Jesse Jessica Jim Jimmy
    Joan Joe Joel Johan John Jon Jonathan Jorge Jose Joseph Joshua José Jovan Joyce Juan Judith Julia Julian
    Julie Karen Karim Karl Kate Katherine Kathleen Keith Kelly Ken Kenneth Kevin Khaled Khalid Khalil Kim
    Kyle Lana Larry Laura Lauren Laurent Layla Leila Leo Leon Leonard Leonid Linda Lisa Lorraine Louis
    Louise Lucas Lucia Lucy Luis Luka Luke Magdalena Mahdi Mahmoud Mahmud Majid Manuel Marc Marco Marcus
    Margaret Maria Marie Marija Mario Mark Marko Marta Martha Martin Mary María Massoud Matt Matthew Maurice
    Max Maxim Maya Megan Mehmet Melissa Michael Michel Michelle Miguel Mike Mikhail Milan Miloš Miriam
    Mohamad Mohamed Mohammad Mohammed Mohan Moqtada Moses Muath Muhammad Muhammed Murad Musa Mustafa Nadia
    Nancy Natalia Nathan Nechirvan Neil Nicholas Nicole Nikola Nikolai Nora Nouri Nuri Oleg Olga Oliver Omar
    Osama Oscar Pablo Pamela Patricia Patrick Paul Paula Pavel Pedro Petar Pete Peter Phil Philip Philippe
    Pierre Qassem Rachel Rafael Ralph Rami Ramzi Ramón Rania Ray Raymond Raúl Rebecca Recep Ricardo Richard
    Rick Rita Robert Roberto Robin Roger Ron Ronald Rosa Rose Roy Russell Ruth Ryan Saad Saddam Sadiq Said
    Saif Salah Saleh Salim Salma Salman Sam Samantha Sami Samir Samuel Sandra Sara Sarah Scott Sean
    Sebastian Sergei Sergey Sharon Simon Sofia Stefan Stella Stephanie Stephen Steve Steven Stuart Suleiman
    Susan Svetlana Tamara Tanya Tara Tariq Ted Teresa Terry Theresa Thomas Tim Timothy Tobias Todd Tom Tony
    Travis Tyler Umar Usama Vera Victor Viktor Vincent Vladimir Vuk Waleed Walter Wassim Wayne William
    Xavier Yahya Yasin Yasser Yevgeny Yousef Youssef Yuri Yusuf Zaid Zainab Zeynep Ziad Zoe Zoran Јелена
    Јован Александр Алексей Ана Андрей Анна Борис Владимир Дмитрий Драган Елена Зоран Иван Игорь Мария Марко
    Милан Михаил Никола Николай Ольга Павел Петар Пётр Сергей Юрий
""".split()  # noqa: SIM905
)
SPEECH = r"""
    said says told added stated noted explained announced warned argued claimed declared insisted stressed
    urged replied testified wrote confirmed denied condemned welcomed dijo afirmó declaró señaló сказал
    сказала заявил заявила rekao rekla izjavio izjavila рекао изјавио
""".split()  # noqa: SIM905
