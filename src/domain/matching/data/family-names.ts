/**
 * Family names that many people bear, in ASCII: those of one person in 5,000 in the United States Census of 1990 (public domain), and
 * the commonest of other countries, added by hand. A name that is not listed counts as rare.
 */
export const commonFamilyNames = `
abbott abdullah abebe acosta adams adeyemi adkins agarwal aguilar ahmad ahmed akhtar alexander ali allen allison almeida
alonso alvarado alvarez alves andersen anderson andersson andrade andrews anthony armstrong arnold arslan atkins austin ayala
aydin babic bailey baker bakker baldwin ball ballard banks barber barbosa barker barnes barnett barrett barton bass bates
bauer bautista baxter beasley beck becker begum bell bennett benson berg bernard berry bertrand bianchi bibi bishop black
blair blake blanco bond bondarenko bonnet boone booth bos bouchard bowen bowers bowman boyd bradford bradley brady braun
brennan brewer bridges briggs brock brooks brouwer brown bruce bruno bryan bryant buchanan bui bullock burgess burke burnett
burns burton bush butler byrd byrne cain caldwell calhoun cameron campbell cannon cano cardoso carlson carpenter carr carroll
carson carter carvalho casey castillo castro celik cerny chambers chan chandler chapman charles chase chavez chen cheung cho
choi chow chowdhury christensen christian claes clark clarke clay clayton cline cobb cochran cohen cole coleman collier
collins colombo colon combs conley conner connolly conti contreras cook cooper copeland correia cortes cortez costa cote cox
craig crawford cross cruz cummings cunningham curry curtis dabrowski daly dang daniel daniels das davenport david davidson
davies davis dawson day dean deboer dejong dekker delacruz deleon delgado demir dennis desai devi devos devries dewit dias
diaz dickerson dixon djordjevic dlamini do dogan doherty dominguez dorsey douglas doyle drake dubois duncan dunn dunne duong
dupont duran durand dvorak dyer eaton edwards elliott ellis erickson eriksson espinoza esposito estrada evans eze farmer
farrell ferguson fernandes fernandez ferrari ferreira fields figueroa fischer fisher fitzgerald fleming fletcher flores
flowers floyd flynn fontaine ford foster fournier fowler fox francis frank franklin frazier freeman freitas french friedman
fuller gagnon gaines gallagher gallo gao garcia gardner garner garrett garrido garrison garza gates gauthier george gibbs
gibson gil gilbert gill gilmore giordano girard glenn glover goh gomes gomez goncalves gonzales gonzalez goodman goodwin
gordon graham grant graves gray greco green greene greer gregory griffin griffith griffiths grimes gross gruber guerrero guo
gupta gustafsson gutierrez guzman hale hall hamilton hammond hampton han hancock hansen hanson hardy harmon harper harrell
harrington harris harrison hart hartman hartmann harvey hasan hassan hawkins hayes haynes he heath henderson hendriks henry
hensley hernandez herrera hess hicks higgins hill hines ho hoang hodge hodges hoffman hoffmann hofmann hogan holland holloway
holmes holt hood hoover hopkins horn horton horvat horvath houston howard howell hu huang hubbard huber hudson huff huffman
hughes humphrey hunt hunter hussain hussein hutchinson huynh hwang ibrahim iglesias ingram ionescu iqbal islam ito ivanov
ivanova iyer jackson jacobs jain james jang jankowski jansen janssen jefferson jenkins jennings jensen jeong jimenez johansen
johansson johnson johnston jones jordan joseph joshi jovanovic jung kamau kaminski kang karlsson kato katz kaur kaya keith
keller kelley kelly kemp kennedy khan kilic kim king kirby kirk klein knight kobayashi koch koh korhonen kovacevic kovacs
kovalenko kowalczyk kowalska kowalski kozlov kozlowski kramer krause kristensen kruger kumar kuznetsov kwon lam lamb lambert
lane lang lange larsen larson larsson lau laurent lawrence lawson le lebedev lee lefebvre lehmann leonard leroy lester leung
levi levy lewandowski lewis li liang lim lima lin lindsey little liu lloyd logan lombardi long lopes lopez love lowe lozano
lucas luna luo ly lynch lyons ma macdonald machado mack mackenzie madsen maes maier makinen maldonado malik malone mancini
mann manning maric marin marino markovic marques marquez marsh marshall martin martinez martins mason massey mathews mathis
matthews maxwell may mayer mazur mcbride mccarthy mcclain mccormick mccoy mcdaniel mcdonald mcgee mcguire mckenzie mckinney
mclaughlin medina mehta meier meijer melnyk melton mendes mendez mendoza mensah meyer meyers michel miles miller mills mishra
mitchell mizrahi mohamed mohammed molina monroe montgomery moody moore morales moran moreau moreira morel moreno moretti
morgan morozov morris morrison morrow morton moser mosley moss mueller muhammad mulder muller mullins munoz murphy murray
mwangi myers nagy nair nakamura nascimento nash navarro ndlovu neal nelson neumann newman newton ng ngo nguyen nichols
nicholson nielsen nieminen nikolic nilsson nkosi norman norris norton novak novikov novotny nowak nowakowski nunes nunez nwosu
obrien ocampo oconnor okafor okeke oliveira oliver olsen olson olsson oneal oneill ong oreilly ortega ortiz osborne osei
osullivan otieno owen owens owusu ozdemir ozturk padilla page palmer papadopoulos park parker parks parrish parsons patel
patrick patterson patton paul payne pearson pedersen peeters pena pereira perez perkins perry persson peters petersen peterson
petrov petrova petrovic pham phan phelps phillips pichler pierce pillai pinto pittman pitts poole popa pope popescu popov
porter potter powell powers pratt price prieto quinn rahman ramirez ramos ramsey randall rao rasmussen ray reddy reed reese
reeves reid reyes reynolds rhodes ribeiro ricci rice richard richards richardson richter riley rios rivera rizzo robbins
roberson roberts robertson robinson robles rocha rodgers rodrigues rodriguez rodriquez rogers rojas roman romano romero rose
ross rossi rousseau roux rowe roy rubio ruiz russell russo ryan sahin salazar sanchez sanders sandoval santiago santos santoso
sanz sato saunders savage sawyer schafer schmidt schneider schroder schroeder schultz schulz schwartz schwarz scott seo
serrano shaffer shah shaikh sharma sharp shaw sheikh shelton shepherd sherman shevchenko shields shin short silva simmons
simon simpson sims singh singleton skinner small smirnov smit smith snow snyder soares sokolov sorensen soto sousa souza
sparks spencer stanley steele steiner stephens stevens stevenson stewart stokes stone strickland suarez sullivan summers sun
sutton suzuki svensson svoboda swanson szabo szymanski takahashi tan tanaka tang tate taylor teixeira terry tesfaye thomas
thompson thornton todd torres toth townsend tran tremblay tucker turner tyler uddin underwood valdez vandenberg vandijk vargas
vasquez vaughn vazquez vega verma vieira villanueva vincent virtanen visser vo volkov vos vu wade wagner walker wall wallace
walsh walters walton wang ward ware warner warren washington watanabe waters watkins watson watts weaver webb weber webster
welch wells werner west wheeler whitaker white whitehead wiggins wijaya wilcox wiley wilkerson wilkins willems williams
williamson willis wilson wise wisniewski wojcik wolf wolfe wong wood woodard woods wouters wozniak wright wu wyatt xie xu
yadav yamada yamamoto yang yates yildirim yildiz yilmaz yoon yoshida young zhang zhao zheng zhou zhu zielinski zimmerman
zimmermann`;
