/**
 * Given names that are known as such, in ASCII, by the sex of most of their bearers. From the United States Census of 1990 (public
 * domain) and the lists of 25 countries in Faker (MIT; see NOTICE). The common ones are borne by one person in a thousand in the
 * census, or stand in the lists of six countries.
 */
export const commonMaleNames = `
aaron adam adrian alan albert alex alexander alfred allen alvin andre andrew anthony anton antonio arthur barry ben benjamin
bernard bill billy bobby bradley brandon brian bruce bruno bryan calvin carl carlos chad charles charlie chris christian
christopher clarence clifford colin corey craig curtis dale damian dan daniel danny darrell david dean denis dennis derek
derrick dominic don donald douglas dustin earl eddie edgar edward edwin elias emil eric erik ernest eugene fabian felix
fernando finn floyd francisco frank fred frederick gabriel gary george gerald glenn gordon greg gregory harold harry henrik
henry herbert howard hugo ian igor isaac ivan jack jacob james jason jay jeff jeffery jeffrey jeremy jerome jerry jesse jesus
jim jimmy joe joel johan johannes john johnny jon jonas jonathan jorge jose joseph joshua juan julian justin karl keith
kenneth kevin kurt kyle larry lawrence leo leon leonard leonardo leroy lewis liam lloyd lorenzo louis lucas luis luke manuel
marc marco marcus mario mark martin marvin matthew max melvin michael micheal miguel mike milan nathan nicholas nicolas noah
norman oliver omar oscar oskar otto patrick patrik paul pedro peter philip phillip rafael ralph randall randy ray raymond
richard ricky robert roberto rodney roger ronald ronnie roy ruben russell ryan sam samuel scott sean sebastian shawn simon
stanley stefan stephen steve steven theodore thomas tim timothy tobias todd tom tomas tommy tony travis tristan troy victor
viktor vincent walter warren wayne wesley william xavier`;

export const commonFemaleNames = `
abigail adriana agnes aimee alexandra alice alicia alma amalia amanda amber amelia amy ana andrea angela angelica angelina
anita ann anna anne annette annie antonia april ashley astrid audrey aurora barbara beatrice bernice bertha beth betty beverly
bianca bonnie brenda brittany carla carmen carol carolina caroline carolyn carrie catherine cathy cecilia charlotte cheryl
christina christine cindy claire clara claudia connie cristina crystal cynthia daniela danielle darlene dawn debbie deborah
debra denise diana diane dina dolores donna doris dorothy edith edna eileen elaine eleanor elena elisa elisabeth elise
elizabeth ella ellen elsie elvira emilia emilie emily emma erica erika erin ester esther ethel eva evelyn florence frances
gabriela gabriella gail geraldine gertrude gina gladys gloria grace hanna hannah hazel heather heidi helen helena holly ida
ilona ines irene iris irma isabel isabella jacqueline jade jane janet janice jasmin jeanette jeanne jenna jennifer jenny
jessica jill joan joann joanna joanne josephine joyce juanita judith judy julia julie june karen karina karla kate katherine
kathleen kathryn kathy katie kimberly kirsten klara kristen kristina lara laura lauren laurie leah lillian linda lisa lois
lorena loretta lori lorraine louise lucia lucille lucy luisa luna lydia magdalena margaret maria mariana marianne marie
marilyn marina marjorie marta martha martina mary maya megan melanie melissa mia michaela michele michelle mildred milena
miriam monica nadia nancy natalia natalie nicole nina nora norma olga olivia pamela patricia paula paulina pauline peggy petra
phyllis pia rachel rebecca regina renata renee rhonda rita roberta rosa rose rosemary ruby ruth sabrina sally samantha sandra
sara sarah sharon sheila sherry shirley silvia simone sofia sonia sophia sophie stacey stella stephanie sue susan suzanne
sylvia tamara tammy tania tara teresa terri thelma theresa tiffany tina tonya valentina valerie vanessa vera veronica vicki
victoria virginia vivian wanda wendy yasmin yolanda yvonne zoe`;

export const commonNeutralNames = `
angel courtney dana francis ibrahim jackie jaime jamie jan jean jessie jordan kelly kerry kim kristian lee leslie luca lynn
marion mohamed mohammed morgan rene robin shannon stacy taylor terry toni tracy willie`;

export const maleNames = `
aadi aage aapo aarav aarnav aarne aaro aarush aatos aayush abbas abdirahman abdis abdul abdulahat abdulbekir abdulcemal
abdulgazi abdulhadi abdulkadir abdulkerim abdullah abdullahi abdulmenaf abdulsamed abdulsemet abdurrahman abdurresit abe abeer
abel abelardo abhimanyu abhiram abid abilio abjorn abraham abram abuzar abyasa acar achille achim acikel aclan adak adalbert
adalberto adamo adan adasal adelardo adelbert adelin adelmo adem adhiarja adi adiarja adigun adika adikara adinata aditya
adlan adnan adolf adolfo adolph adonis adriano advaith advay advik aedan afer afonso agakisi agapito agastya age agmur agne
agnolo agnos agostino agus agustin ahat ahmad ahmet ahsen ahti aidan aiden aime aimo aitor ajiman ajimat ajimin ajiono akalan
akar akarsana akatay akbas akboga akcabay akcasu akcivan akdora akdurmus ake akgol aki akif akinal akkerman akmaner akos akoz
aksay aksel akseli akshay aksogut aktemur akver al alaaddin alaeddin alain alambana alanalp alastair alattin alban albano
alberico alberto albin albino albrecht alcan alcides alden alderano aldo alec alejandro alejo aleks aleksandar aleksander
aleksandr aleksanteri aleksej aleksi alen aleodor ales alessandro alessio alexandr alexandre alexandros alexandru alexe alexei
alexej alf alfio alfons alfonso alfonzo alfredo algot aliabbas aliihsan alin aliseydi alistair alistar alister alkor allan
almus alois alonso alonzo aloys alparslan alpcan alphons alphonse alphonso alpin alpsu altinisin altinkaya altogan alton altug
alvar alvaro alve alwin amac amadeo amadeus amado amador amancio amando amaro ambrose ambrosio amedeo amedeu americo amico
amilcar amin amir amleto amol among amos amza anacleto anaru anas anastasio anastasios anatol anatoli anatolie anatolij anay
anders anderson andic andor andras andreas andrei andrej andres andrey andrian andrija andrzej andy angelino angelo anggabaya
anghel angus anibal anirudh anmol annak annibale anom ansaldo anselm anselmo ansgar ansh anssi antal ante antero antim antione
anto antoin antoine antone antonello antoni antonin antonino antonios antoniu antonius antony antti antun antwan aodhan
apaydin apolinar apollo apostolos aran arcan archer archie arden argono argu ari arian aribert arif arifcan ariki arikol arild
arin aris arisoy aristide aristides arjun arkadiusz arkut arlen arlie arlo armand armando armas armin arnaldo arnd arndt arne
arnfried arnim arno arnold arnoldo arnost arnulf arnulfo aron arpad arpag arran arron arsenie arsenio arsipatra art arta artan
artanto artawan artemio arto arttu artturi artur arturo aru arvid arvo aryan asafe asalet asbjorn asdrubal asger asher asim
asir asirwada asirwanda asko aslanhan aslijan asmadi asman asmianto asmuni assar aston aswani atagun atalay atasagun atatore
atenulf atgun athanasios atharv atilgan atilhan atilio atma atmaja atnan atte attila august augustin augusto augustus aukusti
aulis aurel aurelian aureliano aurelio austin avery avi avram avsin axel axinte ayaan ayaydin aybora ayden aydinbey aydinc
aygutalp aykutalp ayoub aypar aysan aysoy aytek aytuna ayush ayushman ayvas azaan azad azeglio azettin aziz baba baccio
bachittar bagas bagdas bagiya bagus bagya bahaddin bahadurjit bahittin bahuraksa bahuwarna bahuwirya bailie bajragin bakda
bakhshi baki bakiadi bakianto bakidin bakijan bakiman bakiono bakti baktiadi baktianto baktiono bala balamantri balangga
balapati balatekin balazs baldassare baldomero balduino baldur balendra balhaar bali balidin balijan balint baljiwan baltas
baltasar balthasar balvan balveer bambang banara banawa banawi bancar banel banjeet baptist barak barbu baris bariscan barna
barnabas barney barrett barsen bart bartek bartholomaus bartolome bartolomeo bartolomeu barton bas basarab basay bashan basil
basilio basim basok bastiaan bastian batirhan baturay baudelio bautista baydu baykan bayman bayram bayruhan baytal bayzettin
beau beauden bedi bedri bedrich behrem bekbay bekir bektasi bela bellisan bence bendeguz benedek benedetto benedict benedikt
bengibay bengt beniamin benicio benigno benito benjamim benn bennett benno benny benoit benol benone bent bento benton
benvenuto beppe berat beren berend berkal berki berksay bernabe bernardino bernardo bernd berndt bernfried bernhard bernt
bernward berran bert bertalan berthold bertil berto bertold bertram bertrand besin bevan beyda beyler beyzade biagio bican
bilal bilender bilgen bilgutay biltas binbasar binisik birger birsen bisar bjarne bjorn blahoslav blaine blake blas blazej
boaz bob bodhi bodo boe bogatimur bogdan bohumil bohumir bohuslav boje boleslav bonifacio booker borahan boratas borge boris
borivoj borja borje borris bortecin borys botond boyce boyd boynak bozbag bozerk bozo boztas brad bradford bradly bradut brady
brain bram branden branko brant braxton brayan brayden breandan brendan brendon breno brent brenton bret bretislav brett brice
brijesh brock broderick brodie brooks bror bryant bryce bryon buck bucur bud buddy budi buenaventura buford buget buhari
bulunc bunyamun burakhan burc burckhard burghard burkard burkhard burkhardt burl burt burton buster buyrukhan byron cabir caga
cagak cagdan cager caglasin cagveren cahal cahir cahya cahyadi cahyanto cahyo cahyono cailum caio caius cakar caket cakirca
cakrabirawa cakrabuana cakrajiya cakrawala cakrawangsa cal calcedonio caleb calebe calin calisto calixto callan callum
calogero calti calum cameron camil camillo camilo camok canal canberk candelario candeniz candido candrakanta cangur cansin
cantemir cantez caoimhin caolain caolan caomhan capa capkan caraka carlito carlo carlton carmelo carson carsten carter carub
cas casemiro casian casper catalin cathal catur caturangga caua caue cavit cavuldur cawisadi cawisono cawuk cayadi cayetano
cazimir cebesoy cebrian cecep cecil cecilio cedric cedrick cedrin ceferino celal celem celestino celikkan celikyurek celilay
celso cemal cemalettin cemani cemeti cemil cemplunk cenan cengiz cengkal cengkir cerci cercis cesar cesare cetin cetinsu
cevheri cevikoz cezar cezary cezayir chadwick chaitanya chakradev chakradhar champak chanakya chance chandran chandresh charan
charley chas chase chatresh chatura chauncey che chema chester chet christer christof christofer christoffer christoper
christoph christophe christos chucho chuck chuy cianan ciaran cidal cihandide cillian cindoruk cinerk ciprian cipriano ciriaco
cirillo cirino ciro civgin claas claes clark clas claud claude claudio claudiu claudius claus clavs clay clayton clemens
clement clemente cleto cletus cleveland cliff clifton climaco clint clinton clive clyde codin codrin codrut cody cogay cokan
colby cole coleman collin colm colton coluccio colum columbus conal conall conan conchur conn connor conor conrad conrado
constantin copur cord cordell coriolano cormac cornel cornelio cornelis corneliu cornelius cornell corrado cortez corvin cory
cosimo coskun cosme cosmin costache costantino costanzo costel costin coy crin cristea cristian cristiano cristobal cristofor
cristopher csaba csongor ctibor ctirad cuman cuneyit curro curt custodio cyprian cyril cyrus czeslaw daan dacian dacin dadap
dadi dag dagel dagistan dagobert daksh dakshesh dalan dalbir dalibor daliman dalimin daliono dalkilic dallas dalton damar
damiano damien damion damir damon damu danang dane danial danijel danilo danis daniswara dante danu danuja darell daren
dariati darijan darimin darin dario darius dariusz darko darmaji darman darmana darmanto darnell daron darpan darrel darren
darrick darrin darron darryl darryn darsh darsirah dartono daru daruna darwin daryani daryl dasa dave davi davis davor dawid
dayar deaglan deandre deangelo decebal declan degmeer dejan delbert delfino delil delmar delmer demarcus demetrio demetrius
demirbuken demiriz demirok demiryurek denes denizalp denkel denny denver derick derkay dermot deshawn desiderio desmond detlef
detlev dev devansh deviner dewayne dewey dewitt dex dexter dezso dhruv diarmuid dick diedrich diego dierk dieter diethard
diethelm diether dietmar dietrich digdaya diken dilder dillon dimas dimaz dimitri dimitrios dincer dinckol dincsu dinis dino
dinu diogo dion dionigi dionisio dipa dirican dirja dirk dirlik ditmar dittmar djuro dobroslav dodo dogan doganalp dogansah
doguhan dolensoy dolun dom domagoj domenic domenico domhnall domingo dominick dominik donal donatello donato donn donnell
donnie donny dono donovan donte dorel dorin dorinel dorsey doru dorukhan doug douglass doyle dragan drago dragos dragutin
drahoslav drajat drazen drew duane duarte ducu dudley duilio duje dumitru duncan dundaralp duracan durante durdali durmusali
dursun duruk duruoz dusan duuk dwain dwayne dwi dwight dylan dylano eamon eamonn earle earnest eba ebbe eberhard eberhardt
ebuakil ecemis eckard eckart eckehard eckhard eckhardt eckhart ed eddy edelbert edelmiro edgardo edgubay edi edison edmond
edmund edmundo edoardo edouard edu eduard eduardo edvard edvin edwardo eelis eemeli eemil eerik eero eetu efe eflatun efrain
efren efser eftimie ega egbert eggert egil egon ehrenfried ehrhard einar einari einer eino eirik eitel eivind eja ekalinga
ekansh ekapad ekaraj ekavir ekbal ekber ekkehard ekkehart ekmel eko ekrem eladio elbert elden eldon eldridge elemer eleuterio
elhan eligio elijah elis eliseo elladio elliot elliott ellsworth elmar elmer elmeri elmo elnur elof elon elove eloy elpidio
elroy elton eluh elvin elvis elwood eman emanoil emanuel emanuil emas embuh emerson emery emigdio emile emilian emiliano
emilio emin emir emirsan emmanuel emmerich emmet emmett emmitt emong emory empluk emrullah enar endra endre enes engelbert
engin enginiz ennio enno enoch enrico enrique ensari ensio enteng enver enzio enzo eoghan eoin epifanio eral eraldo erasmo
eraycan erbil ercan ercihan erdal erdemer erdibay erdogan erdursun eremia erenalp erensoy ergener erginel ergonul ergun erhard
erhardt erich erick erincer erkan erkilic erkinel erkki erksoy erland erling ermanno ermenegildo ermes ermutlu ernesto ernie
erno ernst erogul erol eroz errol ersat ersec ersel ertan erten ertun ertuncay ervin erwin eryildiz eryk esa esben esenbay
esenturk eskil eskinalp esko espartaco espen espiridion esref esteban estiawan estiono ethan etienne ettore euan eugen eugenio
eunan eusebio eusebiu eustaquio eustatiu eutimio eutropio evald evan evangelos evaristo evcimen evelio everett everette evert
evrimer ewald ewan eyyup ezekiel ezequiel ezgutekin ezio ezra faas fabio fabricio fabrizio fahrullah falan falk falko fami
faqid faraj faras farhan fariq faris faruk fatih faustino fausto fazul feargal fearghal fedde fedele federico federigo fedor
fehim feliciano felipe felton fenni ferat ferdi ferdinand ferdinando feremez ferenc fergal fergus ferihan fermin fersan ferzi
fetullah feyruz feza fidel filiberto filip filipe filippo filit finbar fintan fiodor fionntan fiorenzo fiorino fitan fito
fiyaz flavio flaviu flemming fletcher florea florencio florentin florentino florian florin floris folke folker folkert forest
forrest fortunato foster frado francesco francisc franciszek franck franco francois franjo franklin franklyn frans frantisek
franz fraser frazer freddy frede frederic frederico frederik fredi fredo fredric fredrick fredrik fredy freeman fridolin
friedbert friedemann frieder friedhelm friedhold friedo friedrich frithjof fritz frode fryderyk fulgencio fulvio fuzuli gabino
gabor gada gadang gading gaduh gael gaetano gagan gaiman galak galang galar galasso galen galih galiono galip galo galuh galur
gaman gamani gamanto gambira gamblang ganda gandewa gandi ganep gangsa gangsar ganim ganjaran gantar gara garan garang garda
gareth garfield garland garret garrett garry garth gaspar gaspare gaston gastone gatot gatra gaurang gaurav gautam gavin
gaylord gazel gebhard geert geir gelu genaro gencaslan gencay gene geoffrey georg georgel georges georgian georgios geraldo
gerard gerardo geray gereon gerfried gergely gergo gerhard gerhardt gerhart german gernot gero gerold gerolf geronimo gerrit
gert gervasio gerwin ghani ghenadie gheorghe gheorghita ghita giacinto giacobbe giacomo giampaolo giampiero gian giancarlo
gianfrancesco gianfranco gianluca gianluigi gianmarco gianni gianpaolo gianpietro gica gicu giel gijs gil gilang gilbert
gilberto giles gilles gillis gino ginyas gioacchino gioachino gioele gioffre gionata giorgian giorgio giosue giovanni girik
girindra girish girolamo gisbert giuliano giulio giuseppe giustino giz glauco glen godofredo goffredo gokay gokbudun
gokcebalan gokcil goken goknur goksev gokten goncalo gonen gonzalo gopal goran gorgunay gorklu gorm gosta gote gottfrid
gottfried gotthard gotthilf gotthold gottlieb gottlob gotz goyo gozel graciano grady graeme graham graig grant granville
gratian grayson graziano greco greger gregg gregoire gregor gregorian gregorio grigore grover grzegorz guarino gucal gucluer
gucyeter guenter guenther guglielmo guido guilherme guillaume guillermo guiseppe gulaga gulegen gulel gulsahin gumustekin
gunaydin gunbir gunden gundolf gunduzalp guneet guneri gungordu gunkurt gunnar gunner gunsen gunser gunter gunther guntram
gurarda gurelcem gursal gus gustaf gustav gustavo gustaw gusztav guus guy gyorgy gyozo gyula haciali hadi hagen hai hairyanto
hajo hakan hakikat hakon hal halidun halil halim haluk hami hamid hamish hampus hamza hamzah hanedan hank hannes hanni hanno
hanns hannu hans hansgeorg hansjoachim hansjorg hansjurgen hanspeter haralamb haralambie harald hardana hardi hardik hari
harimurti harish hariz harja harjasa harjaya harjo harlan harland harley harm haroldo harri harris harrison harro harsana
harsanto harsaya harsh harshil hartaka hartana hartmut hartmuth harto hartwig harvey hasan hasbek hasim hasso hasta hatem
havard hayali hayden hayret haywood hazrat heath hector heikki heiko heimo heiner heinfried heini heino heinrich heinz heitor
hekmet helfried helge heliodoro hellmut hellmuth helmar helmer helmut helmuth hemang hemi hendra hendri hendrik henner henning
henric henrikki henrique henryk heraclio herb herberto heribert heriberto herman hermann hermanni hermenegildo herminio hernan
hernando herrmann herschel hershel heru herwig heryanto heyvetullah hicsonmez hidde hidir hifzullah hilario hilding hilmar
hilton himawan hindal hinrich hipolito hiram hitesh hjalmar hjalte hoang hoani hobert holger holm homer homero honore horace
horacio horatiu horea horia horst horymir hosea houston hoyt hredhaan hritik hrvoje hubert hubertus hudavent huey hugh hugues
hukumdar humberto hunalp hung hunor hunter hurdogan huryasar huseyin husmen huy huzuri hyman hynek iacob iain iancu ianis ib
iban ibrani ibun idik idiris ieremia ignac ignacio ignacy ignatz ignaz ignazio ihaia iisakki ikbal ike iker ikhsan ikin ikiz
ilalmis ilari ilarie ilarion ilbek ildefonso ildem ilgi ilhan ilias ilie ilija ilim ilja ilkim ilkka ilmafer ilmari ilsu
ilteris ilyas imam imaran immo imran imre imren inancli indra indrajit ingbert ingemar ingmar ingo ingolf ingvar inigo
inocencio inocentiu intihap ioan ioannis ion ionel ionica ionut iosif ippazio irinel irnanto irsad irvin irving irwan irwin
isac isaiah isaias isak isaque iscan ishaan ishwar isiah isidor isidoro isidro isikay isiman ismael ismail ismet ismik ismo
israel isreal issac istvan iulian iuliu iurie iustin iustinian ivar ivecen iver ivica ivo iwan iwo iyiyurek izgu jaakko jabal
jacek jacinto jackson jacobo jacopo jacques jaeman jafet jaga jagapati jagaraga jagat jagdish jai jail jaiman jairaj jais jaka
jake jakob jakov jakub jalmari jamaal jamal jamar jamel jamil jamison jankat janko jano janos janus janusz jared jari jarkko
jarl jarlath jarmo jarno jarod jaromir jaroslav jaroslaw jarred jarrett jarrod jarvis jarwa jarwadi jarwi jasmani jasper
jaswadi jati jatin jatmiko javi javier jaxon jaya jayadi jayden jayeng jayson jc jed jedrzej jeet jefferey jefferson jeffry
jefri jelle jelte jenaro jenel jeno jens jeppe jerald jeramy jere jeremi jeremiah jeremias jerker jermaine jerold jeromy
jeronimo jerrell jerrod jerrold jerzy jesper jess jinawi jindra jindrich jip jiri joachim joacim joakim joao joaquim joaquin
job jobst jochem jochen joep joerg joesph joey johann johnathan johnathon johnson joko jonah jonatan jonathon jonny jono joona
joonas joonatan joost jordi jordon jordy jorg jorgen joris jorma jorn jort jos josef josep josh josiah josip josko joso jospeh
jost josue jouko jouni jozef jozo jozsef juanito judson juergen juha juhana juhani juho jukka jules julien julio julius
juliusz jumadi jumari junior juraj jure jurgen juri jurij jurre jussi justus juuso jyrki kaarlo kabir kacper kacung kadir
kahir kahu kai kaique kairav kaj kajen kajetan kaleb kalervo kalevi kalgay kalim kalle kalman kalpit kamal kamar kambali
kamidin kamil kanak kanda kane kanpulat kapagan karabas karaca karaer karakucak karanbay karatas karcan kardi kare kareem
karel karim kariman karja karlfried karlheinz karlo karlukhan karman karna karoly karsa karsana karsten karta karya kasif
kasim kasimir kasiran kaspar kasper kasusra kauko kauri kavurt kawaca kawaya kayagun kayden kaygusuz kayit kayrabay kayun
kazim kazimierz kealan keano keanu keegan keelan keenan keijo kelami keld kelvin kemal kemba ken kenan kenari kendrick kenes
keneth kenn kennet kennith kenny kent kenter kenth kenton kenzie kerman kermit kete keven kevim khaled khalid khoa kiaan kian
kibar kick kieran kieth kike kilian kilicbay killian kimmo kinel king kingston kip kiramettin kirat kirgiz kirk kivilcim
kiyasi kizil kiziltunc kjeld kjell kjetil klaas klas klaus klavs klemens klement knud knut kocabas kocak kockan koen koha
koker koko koktas koldan konguralp konrad konstantin konstantinos konstanty kopan koray korbinian korey korkmazalp kornel
kornelius korugan kory kosemen kosukhan kotuz kraig krish krister kristijan kristof kristofer kristoffer kristopher krisztian
krisztofer krystian krystof krzysztof ksawery kuddusi kullervo kumar kuncara kunibert kuno kunthara kurnia kursad kurtis
kustaa kusuma kutay kyan kyano laban labuh lachlan ladislau ladislaus ladislav lage lajos laksana laksh lakshit lalo lamar
lamberto lamont lanang lance lando landon langgeng lanjar lanny lantar lars lascar lasmanto lasmono lasse lassi laswi laszlo
latif laureano laurens laurent laurentiu laurenz laurian laurits laus laust lawerence lazar lazaro lazzaro leander leandro
ledun leevi lega legawa leif leland lembah lemuel len lenard lenn lennart lennarth lenny leocadio leoncio leonel leonhard
leonid leontin leopold leopoldo leordean leos les lester leszek levente levi lex liberto libor lica liman limar lincoln lino
linus linwood lionel lisandro livio liviu lodovico loek logan lohit loke lon long lonnie lonny lope lorcan lorenz lorin lothar
loui louie lourenco lovre lovro lowell loyd luan lubomir lubos luc lucca lucentiu luchino lucho lucian luciano lucien lucio
lucius lucky lucretiu ludek ludger ludovic ludovico ludvig ludvik ludwig luhung luigi luiz lukas lukasz lukita lukman luluh
lulut lumir lurhur lutfan lutfi luther luthfi lutz luuk luwar luwes lyle lyman lyndon lynwood maanas maanav maarten mac
macario macauley maciej mack madalin madhav mads magne magnus mahdi mahesa mahfud mahir mahmoud mahmud mahmut mahsun maik
mairtin major makara maks maksur maksymilian makuta malachy malcolm malcom malik malte malthe maman manaaki manah manan manawa
manbir manfred manole manolo mans mansurali manthan manual manus maras marcantonio marcel marcelino marcello marcellus marcelo
marcial marciano marcin marcio marcos marcu marek margana margarito mariadi mariano marijan marijn marino marinus marius
mariusz markku marko markus marlin marlon marquis marshall marsito marsudi mart martaka martana martani marten martim martino
marton martti martyn marwata maryadi maryanto masar mason massimiliano massimo mate matei matej mateo mateus mateusz matheo
matheus mathew mathias mathijs matias matiu mato matous mats matt matteo matthaus matthias matthieu matthijs matti mattia
mattias matts matyas mauno mauri maurice mauricio maurilio maurits mauritz maurizio mauro maurycy maxim maximiano maximilian
maximiliano maximino maximo maxwell maynard mazlum mckinley mecit mees mefarettin mehdi mehmed mehmet mehmetzahir meik
meinhard meinolf meinrad mel melchor melihcan melker melle melwin memili mengi menguc merdi merijn merlin merrill mertel
mervin mervyn merzuk meshur mestur mesut metin metinkaya mevlut micael micah michail michale michel michelangelo micheletto
michelotto mick mieszko mihael mihai mihail mihaly mihin mihnea miika mijo mik mikael mikaere mikel mikhail mikkel mikko
miklos mikolaj mikulas milay mile miles milford millard milo milos miloslav milosz milton mio miodrag miquel mirbadin mircea
mirco mirko miro miron miroslav miroslaw mishat mislav mitch mitchel mitchell mitesh mitica mitra mitrut mladen modesto mogens
mohamad mohammad mohsim moises mojmir monis monroe monte monty moritz morris morten morton mose moses moshe mucahit mucellib
mufit mugur mugurel muhammad muhammed muhammet muharrem muhip muhyettin mujur mukramin muktedir mulayim mulya mulyanto mulyono
mumpuni muni munif murat muratcan murilo murit murray mursinin mursita murti musafet muslum mustafa mustika mustofa mutasim
mutluhan muvaffak muzaffer muzekker myles myron nabil nachiket nacho nacio nae nafii najam najib nakip naksh nakul nalar nando
nandor napoleon napoleone naradi narcis narciso nardi narji nas nasab nasim nasrullah nasuf natalio natan natanael nataniel
nate nathanael nathanial nathaniel naud naveen nayil nazario nazlim neal nebih necati necdat nechifor necmettin ned neel nehip
neil nelson nelu nenad neo nerim nesip nestor neville nevsal newton nezihi nhien niall nicanor niccolo nichifor nick nicklas
nickolas niclas nico nicoara nicodemo nicodim nicolae nicolai nicolaie nicolaj nicolaus nicolo nicu niculita nicusor nicuta
niek niels nigel nihai nihal niilo nikau niklas niko nikodem nikolai nikolaj nikolaos nikolas nikolaus nikora niksa nilo nils
nino nitesh nixon niyaga niyazi noble noe nolan noman norbert norberto normand norris noud nout nrima nugraha nuno nural
nurcan nuretdin nurettin nuri nurkan nurullah nuyan nyana nyoman nzamettn octav octavian octavio octaviu odd odhran odis
odkanli oganer oge oget ogulbas ogurata oguzman oisin oiva oivind ojas ojvind okanay okbay okguclu okkas okseven okta okto
okturemis okturk okyalaz olaf olavi olca oldag oldrich ole olegario olen olfert olgierd olimpian olimpiu olin olivier oliviu
oliwer oliwier olle olli olof olov om omaca oman omer omkaar omur onat ondrej onel ongay ongen onkar onni onofre onsal onuker
onurcan onursu onveer opan opung oran oranli orazio oren oreste orgun orhan orik orinder orjan orlando orni ortak ortwin oruc
orval orville oryurek oskari osman osmo ossi ossian osten osvald osvaldo oswald oswaldo oswin otakar otavio otay otfried
othmar otis otmar oto ottavio ottfried ottmar ottokar ottomar ottone ove over ovidio ovidiu ovli owe owen oymak oystein oyvind
ozakan ozalpsan ozansu ozaslan ozbay ozbilek ozcam ozdal ozdil ozdogdu ozel ozerdinc ozertem ozger ozgur ozinal ozkent ozkutlu
ozlu ozokcu ozpinar ozsozlu oztek ozturk ozudogru ozy paavo pablo paco padraic padraig paiman paker pal palle palmer pamfil
panagachie panait panca pancho pandu panfilo pangeran pangestu panji paolo par pardi paride parker parman parth pascal pascual
pasi pasqual pasquale pastor patric patricio patrizio patru patryk pauli paulino paulo pauric pavao pavel paw pawel peadar
pearce pearse peder peer pehlil pekka pelayo pelle pellegrino pentti pepe pepijn pepito per percy perkasa pero perry pertti
petar pete petr petre petri petrica petrisor petros petru petrut petter petteri phil philipp philippe phoenix phuc piaras pier
pierangelo piergiorgio piergiuseppe pierluigi piermaria piero pierpaolo pierre piersanti pieter pietro pim pio piotr pirahmet
pirmin pius placido plesu plinio pompeo pompiliu pomponio poncio pontus porfirio porter poul praba prabawa prabowo prabu
prakosa pranata pranav pranawa praneel pranit prasetya prasetyo pratyush prayitna prayoga prayogo preben premysl preston prima
primitivo prince prudencio przemyslaw puccio purwa purwadi purwanto putu qabil qadim qarin qasim quang quentin quincy quinten
quintin quinton quique quirino rabih rachit radek raden radika radim radit raditya radomir radoslav radoslaw radovan radu
raducu rael raf rafa rafal raffaele raffaellino raffaello rafi rafid rafih raghav ragnar ragner raharja rahman rahmat rahmet
raihan raik raimo raimondo raimund raimundo rainer raleigh ralf rama ramadan ramazan ramiro ramon ranbir randal randell
randolf randolph rangga ranieri ranveer raphael rares rashad rasmus rasul raul rauno ravi ravy rawiri rayaan rayan rayford
raymon raymund raymundo razi razvan recep recepali reece reed refik reggie reginald regulo rehaan reid reijo reimar reimer
reimund reinald reinaldo reine reiner reinhard reinhardt reinhart reinhold reino reksa relu remazan rembrandt remigio remo
remus remy renaldo renan renato rendy rens renzo respati resulcan reuben rex rey reyansh reynaldo reza rezzak rhavi rhett rhys
rian ricardo riccardo ricciotti rich richardt richie rick rickard rickey rickie rico ridwan rigo rigoberto rik rikard riku
rishi risto riza rizki roan roar rob robby robt rocco rochus rocky rod roderich roderick rodger rodolfo rodrick rodrigo
rogelio rohan rohat roko roland rolando roldan rolf rolland roman romano romeo romolo romuald romulo romulus ron ronaldo ronan
ronith ronny roope roosevelt roque rory roscoe rosendo rosman ross rostislav rouven rowan royal royce ruairi ruari rubin rudi
rudiger rudolf rudolph rudra rudy rueben rufino rufus ruggero ruggiero ruhsat rui ruknettin rune rupert ruperto rusen rushil
rusman russ russel rusty ruy ryder ryszard saadat saba saban sabar sabas sabatino sabettin sabih sabin sabri sadat sadittin
safet safii sagcan sagit sahat sahin sahinbey sahir sahmettin said saiful saka sakari sakip saksham sakti sal salami saleh
sali salih salkin salman salomon salurbay salvador salvatore salvi samaksh samar samarth samesh sami samir sammy samsul samu
samual samuli samurtay sancak sancar sancho sandalio sander sandor sandro sandu sanford sanli sante santeri santiago santino
santo sargin saricabay sarpkin sarthak sasa sathvik satrettin saturnino satya saul sava savak saverio savki savni saydam sayin
sayrak scot scotty seamus sebastiaan sebastiano sebastiao sebastien sebattin secme seda sedat sefi segismundo seha sehamet
sekim selaheddin selatin seler selim sem semender semsettin sencar senkal senn senol sep sepp seppo seracettin serafeddin
serafin serban serezli serge sergei sergej sergio sergiu sergius serhatmehmet serol server seth setya sevdi seve sever
severiano severin severino severo sevindik sevket seydo seyfullah seyithan seymour sezal sezginbas shad shane shaun shaurya
sheldon shelton sherman sherwood shivansh shon sid siddharth side sidiq sidki sidney siegbert siegfried sieghard siegmar
siegmund siegward siem sigfrid sigfrido sigfried sigge sigismund sigmar sigmund sigurd sigvard sil sila silas silvano
silvester silvestre silvestro silvian silvio silviu simao sime simen simi simion simo sinasi sindre sinica sinisa sione siper
sittik sivert sixten siylihan sjoerd slamet slavko slavomir slawomir slobodan sokmen soleh solomon sonad sondre songurkan
sonke sonny soren sorin sosimo soydaner soykut soyselcuk sozer spencer staffan stan stancu stanford stanislaus stanislav
stanislaw stanton stavros steen stef stefano steffen stein steinar stelian stellan sten stepan stephan sterling stewart stian
stig stijn stjepan stuart sture suat suayp sucaettin sudi suha sukri sukru suleyman sulhi sumeyye sune sunel suphi surya
suvari svante svatopluk svatoslav svein sven svenning sverre swen sylvester sylvio szabolcs szilard szilveszter szymon
taciddin tad tadeas tadeo tadeusz tage tahir taine taisto talayer tali tamas tamati tamaydin tanak tanay tanbay tandogdu tane
taneli tangaroa tanhan tanir tanish tanner tanpinar tansev tansig tanveer tanyolac tapani tapio tarak taranci tartis tasar
tasdik taskan tasnim tassilo taswir tatu taufan taufik tauno tayaydin taygan taylak tayyip te teber tecimer ted teddy tedi
teemu teerth teguh tejas tejs tekbay tekecan tekiner teksoy telemaco telim telmo temirhan temistocle temizkal temucin tenvir
teo teobaldo teodor teodoro teodosio teofil teofilo teohari terence terje terlan tero terrance terrell terrence teun teuvo
tevs tezcan tezol thad thaddaus thaddeus thales theo theobald theodor theodoro theodoros theophile theron thiago thibault
thibaut thierry thies thijmen thijn thijs thilo thom thor thoralf thorben thore thorsten thure thurman tiago tiarnan tiberiu
tibor tiburcio tiernan ties tigin tijmen tijn tijs till tillmann tilman tilmann tilo timbul timm timmy timo timotei timoteo
timothee timurtas tinal tino tirta tirtayasa tito titus tivadar tiziano tobiasz tod todor togan toivo toker tokoz toktug
tolonbay toma tomasz tome tomislav tommi tomo toney tonguc tonino tonny tono topias topuz tor toralf torben torbjorn tord tore
torel torgny torhan toribio torquato torsten toy traian traugott trent trenton trevor trey tri troels trond trong truman trung
tuan tudor tugcan tugiman tugrulhan tugtas tukelalp tullio tulun tumer tumkurt tunahan tuncboga tunckilic tung tunguc tuomas
tuomo turabi ture turgut turkalp turkmen tutkun tuukka tuyug tuzeer twan ty tycho tygo tyler tymon tymoteusz tyree tyrell
tyron tyrone tyson ubaldo uberto ubeydullah ucan ucbeyi uda udant udarsh udo uffe ugan ugo ugolino ugurkan ugurtan ulakbey ulf
ulfet ulises ulkudes ullrich ulrich ulrik ulu uludag ulugbey uluman ulutay ulysses umang umar umay umaya umberto umman ummet
umutcan unek unggul unlen uno unubol uolevi upik upkaar uraltay urban urbano urfettin urhan uriel urs us usame ushan usman
ustun utama utkarsh utkucan utz uwe uygun uzbay uzer uzsoy vaclav vadim vafir vagn vahittin vaino vala valdemar valentijn
valentim valentin valerij valerio valeriu valero valter valtteri vance vargin vasco vasile vassilios vasyl vaughan vaughn
vaysal vedant vedat vedran veer veeti vegard veijo veikko veis veit veli velitdin venancio venceslas veniamin verim vern
verner verneri vernon vero vesa vezat vicente vicentiu victoriano victorino vidal vidar vide viggo vigo vihaan viking vilem
vilgot vilhelm vilho viljami viljo villads ville vilmer vilmos viman vince vincentio vincentiu vincenzo vinicio vinicius vinko
vino vinsen vinzenz viorel viraj virgil virgilio virman visarion vit vitali vitezslav vito vitor vittorio vitus vivaan
vjekoslav vlad vladimir vladislav vlado vlaicu vlastimil voicu vojtech volker volkhard volkmar von vratislav vu wade wadi wage
wahab wahyu wakiman waldemar waldo walfried walker wallace walther walton waluyo ward wardaya wardi warinder warjas warji
warner warsa warsita warta warwick wasis wawan waylon wazir weldon wendell wenzel werner wes wessel weston wieland wieslaw
wigbert wiktor wilber wilbert wilbur wilburn wiley wilford wilfred wilfredo wilfrido wilfried wilhelm will willard wille
willem willfried willi williams willian willibald willibert willis willy wilmer wilson wilton winford winfred winfried winston
wira wiremu wisnu witold wladimir wm wojciech woldemar wolfgang wolfhard wolfram woodrow wout wouter wriddhish wridesh wulf
wyatt xanana xaver xavi yadigar yagin yagizkurt yagnesh yago yahsikan yahya yalazabay yalgin yaltirak yamin yanki yannick
yargi yasan yasattin yash yassin yatan yatin yavuz yayak yazganalp yekda yelesen yeneral yertan yetisal yigit yildir yilma
yilmaz yngve yoga yolal yonetmen yono yoruc yosef yousef youssef yrjo yucelen yug yumun yunt yurdanur yurtguven yurttas yusuf
yuvraj yves zac zacarias zach zachariah zacharias zacharie zachary zachery zack zackary zahid zaid zak zakaria zalan zamfir
zamir zane zashil zayan zayyan zbigniew zbynek zdenek zdravko zeferino zehaan zekayi zeki zeljko zennun zeno zenon
zeynelabidin ziggy zihni zikmund zion ziyaettin zlatko zoltan zoral zoran zsigmond zsolt zsombor zufer zulgarni zvonko`;

export const femaleNames = `
aachal aada aadhya aahana aaliyah aarini aarna aashi abbey abbi abbie abby abelone abha abiye abril acarkan acilay ada adah
adal adaline addie addison adela adelaida adelaide adelasia adele adelgunde adelheid adelia adelina adelinde adeline adell
adella adelle adena adila adina adolfine adora adoracion adria adriane adrianna adrianne adriene adrienn adrienne advika
adviye adweta adya aenne afife africa afton agata agatha agathe agbegim aglaia agneta agnete agnieszka agnus agripina agueda
agustina ahter ai aida aide aideen aiko aila aileen ailene aili ailis aina ainara aine aino ainoa airi aisha aishani aisling
aislinn aisyah aitana aja ajeng akay akgunes akiko akilah akise akmaral aksoy akyildiz alabezek alaina alaine alana alane
alanis alanna alannah alayna alaz alba alberta alberte albertha albertina albertine albina alda aldonza alease alecia aleen
aleida aleisha alejandra alejandrina aleksandra alemsah alena alene alesha aleshia alesia alessandra alessia aleta aletha
alethea alethia alexa alexandria alexandrie alexandrina alexia alfreda alfredia algis alia alica alicja alida alika alina
aline alis alisa alise alisha alishia alisia alisik alison alissa alita alix aliza alize alka alla allana alleen allegra
allena allene allie alline allison allyn allyson almast almeda almeta almira almudena almut almuth aloisia alona alondra alpha
alta altagracia altha althea altinbike altincicek alvera alverta alvina alwina alwine alyce alycia alysa alyse alysha alysia
alyson alyssa alzbeta amada amaia amaira amal amalie amara amarilis amaya ambar amberly amee amelie america ami amie amiee
amina amira ammie amparo amre amrita amruta an anabel anabela anahera anaida anais analisa anamaria anamika anargul anastacia
anastasia anastasie anastazie anastazja anca ancuta anda andela andera andja andjela andra andrada andreea andreia andria ane
anel anemona aneta anett anette anezka angele angelena angeles angelia angelic angelika angeline angelique angelita angella
angelyn anghelina angie angila angla angle anglea ani anica aniela anika aniko anisa anisha anisoara anissa anitra anja anjali
anjanette anjelica anka anke ankica annabel annabell annabelle annalee annaliese annalisa annalise annamae annamaria annamarie
annedore annegret annegrete annekatrin anneke annelene anneli annelie annelies anneliese annelise annelle annelore annemarie
annemette annemie annemijn annerose annett annetta anni annica annice anniina annika annikki annis annita annmarie annukka
annunziata anny anouk anselma antionette antje antoaneta antoinette antonela antonella antonetta antonette antonietta antonija
antonina anu anunciacion anusha anuta anvi anya aoibheann aoibhin aoibhinn aoife apolena apollonia apolonia apryl ara arabella
araceli aracelis aracely aradhana aral aranka aranzazu arcelia ardath ardelia ardell ardella ardelle ardis ardith aretha
argelia argentina aria ariadna ariana ariane arianna arianne arica arielle arina aripinar aristita arja arla arlean arleen
arlena arlene arletha arletta arlette arlinda arline arlyne armahan armanda armandina armida arminda arnaude arnetta arnette
arnita aroa aroha artemisa artie arunima arvilla arya arziye arzu ascension ase asha ashan ashanti ashely ashlea ashlee
ashleigh ashlene ashli ashlie ashling ashly ashlyn asia asiman asley asliye assunta asta asu asuncion ataahua atanur atena
athena ati atiyye aud audie audra audrea audria audrie audry augusta augustina aulikki aundrea aune aura aurea aurelia
aureliana aurelie aurore autumn ava avelina avis avni avril avunc awhina awilda axenia aya ayako ayana ayanna ayasun aybet
aycagul aycan aydar ayduru ayesha aygonenc ayhan aykut ayla aylil aylin aylla aynilhayat aynimah aynur ayse ayseana aysel
aysema aysenur aysevim aysuna ayten aytoz ayu ayulker ayyaruk azade azahar azahara azalea azalee azeneth azize azra azucena
azzie babara babett babette badegul bagdat baghyawati bahtinur balca balli bambi banu bara barabara barb barbar barbel barbera
barbie barbora barbra barbro bari barica barkha barrie basilia basriye bea beata beate beatris beatrix beatriz beaulah becki
beckie becky bediriye bee begim begona behiza belen belgizar belia belinda belkis belkize bell bella belle belva benedicte
benedikte benedita benek benice benigna benita bente benthe beray berenice bergen berit beriye berna bernadett bernadette
bernadine bernarda bernardina bernardine bernardita berneice bernetta bernhardine berniece bernita berrin berta bertie beryl
besey bess bessie beste betania bethan bethanie bethann bethany bethel betina betsey betsy bette betti bettie bettina bettyann
bettye beula beulah bev beverlee beverley beyhatun bezek bhanumati bhavani bhavika bhavini bhavna bhavya bianka bibi bibiana
bidayet bienvenida bilay bilginur biljana bilkay billi billye bimala bina binay birben birdie birgid birgitt birgitta birgitte
birgul birsan birte birthe biserka bishakha bitten bitul bjorg blanaid blanca blanch blanche blanduzia blanka blazena blondell
blossom blythe bobbi bobbye bobette bodil boel bogdana boglarka bohumila bok bong bonita bonny borbala bozena bozica branda
brande brandee brandi brandie brandusa brandy branka breana breann breanna breanne bree brenna briana brianna brianne bridget
bridgett bridgette brigette brigid brigida brigitta brigitte brinda brit brita britany britney britni britta brittaney
brittani brittanie britteny brittney brittni brittny brogan bronach bronagh bronwyn brook brooke bruna brunhild brunhilde
bruni brunilda bryanna brynn bryony buena buffy bula bulah bunny burcuhan bureyre burma busra busranur cacilia cacilie caetana
caglar cailin caitlin caitlyn caitriona cajsa calandra calim calista calixta callie camelia camellia cami camie camila camilla
camille cammie cammy canan candace candance candela candelaria candelas candi candice candida candie candis candy candyce
canfeza canseven canur caoilfhionn caoimhe caprice capucine cara caragh caren cari caridad carie carin carina carisa carissa
carita carlee carleen carlena carlene carletta carley carli carlie carlijn carline carlita carlota carlotta carly carlyn carma
carman carmel carmela carmelia carmelina carmelita carmella carmina carminho carmon carola carolann carole carolee carolin
caroll carolyne carolynn caron caroyln carri carry caryl carylon caryn casandra casiana casie casimira cassandra cassaundra
cassey cassi cassidy cassie cassondra cassy catalina catarina caterina catharina catharine catherin catherina cathern catheryn
cathey cathi cathie cathleen cathrin cathrine cathryn catina catinca cato catrice catrin catrina catrine catrinel catriona
cayetana cayla ceara cecelia cecila cecile cecilie cecille cecily cedide celena celesta celeste celestina celestine celia
celina celinda celine celsa cemiyle centa ceola cerasela cevale cevregul ceyhun ceylin cezara chaaya chae chaitaly chakrika
chaman chameli chan chana chanchal chanda chandani chanel chanell chanelle chantal chantay chante chantel chantell chantelle
chara charis charise charissa charisse charita charity charla charleen charlena charlene charlesetta charlette charline
charlott charlotta charlsie charlyn charmain charmaine charo charolette charvi chasidy chasity chasmum chassidy chastity
chavvi chaya chelo chelsea chelsey chelsie cher chere cheree cherelle cheri cherie cherilyn cherise cherish cherith cherly
cherlyn cherri cherrie cherry cherryl chery cheryle cheryll cheyenne chia chiara chieko chin china ching chiquita chita chloe
chrissy christa christal christeen christel christelle christen christena christene christi christia christiana christiane
christie christin christinia christl christy chrystal chu chun ciaobella ciara ciarrai cicely cici ciera cierra cihan cilga
cilli cilly cinda cinderella cindi cindie cinta cinthia cintia cipriana cira cirkeline cisem citlali citra clare claretha
claretta claribel clarice clarinda clarine claris clarisa clarissa clarita classie claudette claudie claudine clelia clemence
clemencia clementina clementine clemmie cleopatra cleora cleotilde cleta cliodhna cliona clodagh cloe clora clorinda clotilde
codi codie codrina codruta coleen colene coletta colette colleen collen collene collette colpan concepcion conception concetta
concha conchita constanca constance constanta constantina constanza constanze consuela consuelo contessa cora coral coralee
coralia coralie corazon cordelia cordia cordie cordula coreen corene coretta cori corie corina corine corinna corinne corliss
cornelia corona corrie corrin corrina corrine corrinne cortney cosima cosmina courteney crenguta creola crescencia crina cris
criselda crissy crista cristal cristen cristi cristie cristin cristine cristy crysta crystle csilla cuc cuheyna custodia cyndi
cyndy cyrstal cythia dacia daciana dafina dafne dagmar dagmara dagny dahlia daiana daina daine dairine daisey daisy dajana
daksha dalaja dalene dalia dalila dalima damaris damini damlanur damyanti danae danelle danette dania danica daniell daniella
danijela danika danille danique danita dann danna dannette dannielle danuse danuta danyel danyell danyelle daphine daphne
darby darcel darcey darci darcie darcy daria dariana darika darla darleen darlena darline davida davina dawna dawne dayamai
dayita dayle dayna daysi deadra deana deandra deandrea deann deanna deanne dearbhail dearbhaile dearbhla deb debbi debbra
debby debera debi debora debrah debroah dede dedra deeann deeanna deedee deedra deena deepa deetta deger deha deidra deidre
deirbhile deirdre deja delaine delana delcie delena delfina delia delicia delila delilah delinda delisa dell della delma delmy
delois deloise delora deloras delores deloris delorse delpha delphia delphine delsie delta demetra demetria demetrice demi
dena denae deneen denese denice denisa denisha denisse denita deniz denna dennise denyse deonna dervla deryanur desirae desire
desiree despina dessie destiny detra devi devika devona devora devorah dewi dhriti dia diah diamond dian diann dianna dianne
dida didina diedra diedre dierdre dietlind dietlinde digna dilara dilcan dilfeza dilhus dilsat dilsitan dimitrina dimple dinah
dinda dinorah dione dionisia dionna dionne dipta dita ditte divan divina divya dixie diya djurdjica dochia dodie dogannur
doina dollie dolly doloris domenica dominga dominica dominika dominque domitila domnica domonique dona donata donatella
donella doner donetta donette donita donnetta donnette donya dora dorathy dorcas doreatha doreen dorene doretha dorethea
doretta dori doria doriana dorie dorina dorinda dorine dorit dorita dorla dorle dorli dorota dorotea dorotha dorothe dorothea
dorothee dorottya dorris dorte dortha dorthe dorthea dorthey dorthy dot dottie dotty dovie draga dragica drahomira drahoslava
dreama drema drucilla drusilla duha dulce dulcie dumitra dumitrana dunja duong durgadin durrusehvar dursadiye dusti duyen
duyguhan dwana dyan eadaoin earlean earleen earlene earlie earline earnestine eartha easter ebba eboni ebonie ebony ecaterina
ecegul echo ecrin eda edaviye edda edel edelgard edelmira edeltraud edeltraut edeltrud eden edhitha edie edina edit edita
editha edra edris eduarda edwina edyth edythe eesha eeva effie efil eftimia egenur ehrentraud ehtel eija eila eilene eilis
eilish eimear eimer eimhear eira eiravati eivor ekaja ekani ekanta ekantika ekaterina ekiya ekta ela eladia elaina elamiye
elana elane elanor elayne elba elda eldora eleanora eleanore elease elene eleni elenor elenora elenore eleonor eleonora
eleonore elfi elfie elfreda elfrieda elfriede elgin elia eliana elicia elida elidia elif elifnur eligia eliisa elin elina
eline elinor elinore elisabet elisabeta elisaveta eliska elissa eliz eliza elizabet elizabeta elizbeth elize elizebeth elke
ellamae ellan ellena elli ellie ellinor elly ellyn elma elmira elna elnora eloa eloah elodia elodie elois eloisa eloise
elouise elsa elsbeth else elsebeth elsy elva elvan elvera elvia elvie elvina elvy elwanda elwira elyse elza elzbieta ema emal
emanuela emanuella emanuelly emelda emelia emelie emelina emeline emely emer emerald emerita emese emiko emilee emiliana
emilly emine emis emmaline emmanuelle emmi emmie emmy emogene emperatriz ena encarna encarnacion encarnita endah enedina
eneida enfes engla enid eniko enola enriqueta enya epifania era erbay erdmute erem ergul ericka erinn eris erlene erlinda
erline erma ermelinda erminia erna ernestina ernestine ervaniye eryn erzsebet esengun eshana esila esim esmanperi esmarelda
esmee esmeralda esna esparta esperanza essi essie esta estefana estefania estela estell estella estelle estera esteri estrella
eszter eta etelka etelvina etha ethelene ethelyn ethyl etsuko etta ettie eufemia eufrosina eugena eugenia eugenie eula eulah
eulalia eun euna eunice eura eusebia eustolia evalyn evamaria evangelia evangelina evangeline evangelista evanghelina evde eve
evelia evelien eveliina evelin evelina eveline evelyne evelynn evette evi evia evie evita evon evonne evrim evy ewa ewelina
exie ezgin fabia fabiana fabienne fabiola fabrizia fadila fadile fadime fae fainche fairy faith faizah faize falak falguni
fallon fanni fannie fanny farah farhunnisa farrah fathonah fatigul fatima fatimah fatinur fatma fatmanur faustina faviola fawn
fay faye fayize fe febe febi feden federica fehmiye felecia felica felice felicia feliciana felicidad felicita felicitas
feline felipa felisa felisha felizitas fem femke fenna fenne ferahdiba feraye ferhan ferinaz fermina fermuta fern fernanda
fernande ferne feryas feyha feyzin fiamma fidaye fidela fidelia fien fiene fildan filipa filippa filiz filofteia filomena
fiona fionnuala firdevis fitnat fitria fitriani flavia fleta fleur flo floare floarea floor floortje flor flora florance
florencia florene florenta florentina florentine floretta floria floriana florica florida florina florinda florine florrie
flossie floy fonda fortunata forum franca france francene francesca franchesca francie francina francine francisca franciska
francoise franka fransisca frantiska franziska frauke freda fredda frederica fredericka frederike frederikke frederique fredia
fredricka fredrika freeda freia freida freja freya frida frieda friedericke friederike friedhilde friedl friedlinde frusina
fugen fuma fumiko gabel gabrielle gabrielly gaby gaja gala galina ganga ganiye garima garnet garnett gasti gaurangi gauri
gaurika gautami gawati gay gayathri gaye gayla gayle gaylene gaynell gaynelle geanina gearldine geetika gelengul gelsomina
gema gemma gena genesis geneva genevie genevieve genevive genia genie genna gennie genny genoveva genta gentiana georgann
georgeann georgeanna georgene georgeta georgetta georgette georgia georgiana georgiann georgianna georgianne georgie georgina
georgine geralyn gerda gerdi gerhild geri gerlind gerlinde germaine germana gerri gerta gertha gerti gertie gertraud gertraude
gertraut gertrud gertrudis gertude gesa gesche gesine geta ghaliyati gherghina ghislaine gia giada gianina gianna gidget
giesela gigi gilberte gilda gillian gilma gilman ginette ginger ginny giorgia giorgiana giovanna gisa gisela gisele giselle
gislinde gita gitta gitte giulia giuliana giulietta giuseppina gizella gladis glady glayds glenda glendora glenna glennie
glennis glenys glinda glory glynda glynis gok gokce gokperi golda golden goldie goli goncafer gonul gordana gorsev gozem
gracia graciana gracie graciela grainne gratiana gratiela grayce graziella grazyna greca gregoria greta gretchen grete gretel
grethe gretl gretta gricelda grisel griselda grit gro gudrun gudula guillermina gul gulay gulbani gulbeyan gulbiye gulce
gulcegun guldam gulder guldunya gulenay guler gulev gulfari gulfeza gulgen gulguzel gulhisar gulinaz gulkadin gulluhan
gulmisal gulnaziye gulozge gulper gulsa gulsalin gulselin gulsen gulseref gulseren gulsevil gulsiye gulsu gulten gulter gulus
gulzadiye gun gunborg gunda gundel gundhild gundi gundula gunebakan gungoren gunhild gunilla gunn gunnel gunsel gunvor gurcuye
gurli gurten gussie gusti guusje guvercin guzey gwen gwenda gwendolyn gwenn gwyn gwyneth gyda gyongyi gyorgyi ha habibe hacile
hadassa hadrey hae hafiza hafshah hailey hajnalka halenur haley halima halina haliye halley hallie hamima hamiyet hamsini han
hana hanbiken hang hanh hani hanife hanim hannchen hanne hannele hannelore hanny hansultan harbinaz harinakshi harini harita
harmony harriet harriett harriette hasgul hasna hasret hassie hatice hatin hattie havali havse haydee hayel hayleigh hayley
hayrunnisa hazine hedda hedi hedvig hedvika hedwig hedy hee hege heide heidelinde heidelore heidemarie heiderose heidrun heidy
heike hekime helaine helene helga heli helina hella helle hellen hellena hellevi helma helmi helmtrud heloisa helvi hema hemal
hemangini hemani henife henna henni henny henrieta henrietta henriette henrike heracleea herdis herlinda herlinde herma
hermelinda hermila hermina hermine herminia herta hertha hester hesti hettie heva hezniye hiedi hien hilaria hilary hilayda
hilda hildburg hilde hildegard hildegarde hildegart hildegund hildegunde hildred hilkka hillary hillevi hilma hiltraud hiltrud
hinet hinewai hiral hiroko hisako hjordis hoa holley holli hollie honey hope hortencia hortense hortensia hoskadem hsiu huban
hubertine huda hue hui huia hulda hulya humaira humeyra huong hurican hurmet hurside huruyet husnuhal hwa hyacinth hye hyo
hyon hyun iara iasmina iben ibolya ica icha icimbike idalia ide idell idella idika idun iesha ifa ignacia iida iiris ijaya ika
iklim ikshita ila ilana ilaria ilda ildes ildiko ildiz ileana ileen ilene iliana ilinca ilka ilkbahar ilklima illa ilonka
ilper ilsa ilse iluminada ima imelda imge imke imogen imogene imrihan in ina inaya incifir indah indali indi india indie
indira indy inell inez ing inga ingalill ingeborg ingeburg ingegard ingegerd ingela ingelise ingelore inger ingetraud
ingetraut ingrid ingried inka inken inkeri inmaculada inna inocencia insa insaf intan ioana ioanina iola iolanda iona ione
ionela ionelia iosefina iraida iren irena iriana iridenta irina irish irja irmela irmeli irmengard irmgard irmhild irmi
irmingard irmtraud irmtraut irmtrud irya isa isabela isabell isabelle isabelly isadora isaura ise isela isha ishani ishanvi
ishita isidora isidra isin isis isla islime isobel isolde isra itzel itziar iulia iuliana iustina iva ivana ivanka ivelisse
iveta ivette ivey ivka ivona ivonne ivy iwona izabela ize izel izetta izola ja jaana jacalyn jacelyn jacinda jacinta jackeline
jackelyn jacki jacklyn jackqueline jaclyn jacobine jacqualine jacque jacquelin jacquelyn jacquelyne jacquelynn jacquetta
jacqui jacquie jacquiline jacquline jacqulyn jada jadranka jadwiga jagrati jagvi jaimee jaimie jaleesa jalisa jalsa jama
jamalia jamee jami jamika jamila jammie jana janae janaki janani janay janean janee janeen janel janell janella janelle janene
janessa janeta janeth janett janetta janette janey janie janiece janin janina janine janis janise janita janja janna jannet
jannette janni jannie january januja janya janyce jaqueline jaquelyn jarmila jaroslava jaruthip jasmijn jasmina jasmine
jasminka jasmit jasna jaunita javiera jayda jayde jaye jaylinn jayme jaymie jayna jayne jazmin jazmine jeana jeane jeanelle
jeanene jeanett jeanetta jeanice jeanie jeanine jeanmarie jeanna jeannetta jeannette jeannie jeannine jeevika jeffie jele
jelena jelita jemma jen jena jenae jene jenee jenell jenelle jenette jeneva jeni jenice jenifer jeniffer jenine jenise
jennefer jennell jennette jenni jennie jenniffer jennine jente jeraldine jeri jerica jerilyn jerlene jerri jerrica jerrie
jesenia jesica jessenia jessi jessia jessika jestine jesusa jesusita jet jetta jettie jhalak ji jillian jimena jin jina
jindriska jinny jinthe jirina jitka jo joana joane joanie joannie joaquina jocelyn jodee jodi jodie joeann joella joelle
joellen joetta joette johana johanna johanne johna johnetta johnette johnna johnsie joi joie jolan jolana jolanda jolanta
jolanthe joleen jolene jolie jolijn joline jolyn jolynn jona jone jonell jonelle jong jonie jonna jonnie jordana jorja jorunn
josefa josefiina josefin josefina josefine joselyn josephina josette josie josipa joslyn josphine jovita joy joya joycelyn
joye juana judi judie judit judita jule julee julene juli juliana juliane juliann julianna julianne julieann julienne juliet
julieta julietta juliette julijana julissa julita jung juni junie junita junko justa justina justine justyna jutta juul juulia
jyoti jytte ka kaarina kacey kaci kacie kacy kadinana kaia kaija kaila kaisa kaitlin kaitlyn kaja kajsa kaleigh kaley kali
kalina kallie kalyn kam kamala kamaria kami kamila kamilah kamilly kamya kandace kandef kandi kandice kandis kandra kandy
kanesha kani kania kanisha kara kardelen kareen karena karey karie karima karimah karin karine karisa karissa karleen karlene
karley karlijn karly karlyn karmen karola karole karoliina karolin karolina karoline karolyn karon karren karri karrie karry
kartika kary karyl karyn kasandra kasha kashish kashvi kasi kasie kasiyah kassandra kassie kata katalin katariina katarina
katarzyna katcha katelin katelyn katelynn katerina katerine kathaleen katharina katharine katharyn kathe katheleen katherin
katherina kathern katheryn kathey kathi kathie kathlene kathline kathlyn kathrin kathrine kathryne kathyrn kati katia katica
katina katja katlyn katri katrice katriina katrin katrina katrine kattie katy kaver kavya kay kayce kaycee kaye kayla kaylee
kayleen kayleigh kaylene kazime kazuko kecia keeley keely keena keesha keeva kefser keiko keila keira keisha keitha keli kelle
kellee kelli kellie kellye kelsey kelsi kelsie kemberly kena kenda kendal kendra kenia kenisha kenna kenya kenyatta kenyetta
kera keren keri kerime kerri kerrie kerstin kerttu kesha keshia keturah keva keya kezban kezia khadijah khalilah khloe kia
kiana kiandra kiara kiera kiersten kiesha kifaye kiki kiley kimber kimberely kimberlee kimberley kimberli kimberlie kimbery
kimbra kimi kimiko kina kindra kinga kira kiri kirsi kirsti kirstie kirstin kirstine kirsty kisha kismet kit kitan kitti
kittie kitty kiyoko kizzie kizzy kjersti klare klaudia klaudie klothilde koncagul konstanze kora kordula kori korinna kornelia
kortney kourtney kreszentia kreszenz kriemhild krisha krissy krista kristal kristan kristeen kristel kristi kristiane kristie
kristiina kristin kristine kristle kristy kristyn kristyna krisztina kritika krysta krystal krysten krystin krystina krystle
krystyna kubran kum kumral kunigunda kunigunde kutgun kutun kveta kvetoslava kyara kyla kylee kylie kyllikki kym kymberly
kyoko kyong kyra kyung lacey lachelle laci lacie lacramioara lacresha lada ladawn ladislava ladli ladonna lady lael laerke
laetitia lahoma lai laika laila laine lais lajita lajuana lakeesha lakeisha lakendra lakenya lakesha lakeshia lakia lakiesha
lakisha lakita lakshmi lala lale lalita lamonica lan lana lanell lanelle lanette lang lani lanie lanita lannie lanora laoise
laquanda laquita larae laraine laras laree larhonda larisa larissa larita laronda larraine larue lasandra lashanda lashandra
lashaun lashaunda lashawn lashawna lashawnda lashay lashell lashon lashonda lashunda lasonya latanya latarsha latasha latashia
latesha latia laticia latika latina latisha latonia latonya latoria latosha latoya latoyia latrice latricia latrina latrisha
launa lauralee lauran laure laureen laurel laurena laurene laurentia lauretta laurette laurice laurinda laurine lauryn lavada
lavanya lavelle lavenia lavera laverna laveta lavette lavina lavinia lavon lavona lavonda lavone lavonia lavonna lavonne
lawana lawanda lawanna layla layne laze le lea lean leana leandra leann leanna leanne leanora leatha leatrice lecia leda
leeann leeanna leeanne leela leena leesa leia leida leigha leighann leila leilani leire leisa leisha lekha lekisha lela lelah
lelia lena lene leni lenita lenka lenna lennie lenora lenore leocadia leokadia leola leoma leona leonarda leonia leonida
leonie leonila leonor leonora leonore leontina leontine leopoldina leopoldine leora leota lera lerze lesa lesha lesia leslee
lesli lessie leta letha leticia letisha letitia letizia lettie letty lexie leyla leyli leyre lezize lezlie li lia liana liane
lianne libbie libby liberty libni librada libuse licia lida lidia lidija lidwina lidya lieke lien liesa liesbeth lieschen
liesel lieselotte lieve ligia liisa lila lili lilia lilian liliana liliane lilija lilja lill lilla lillemor lilli lillia
lilliam lilliana lillie lilly lilo lily limon lin lina linde lindsay lindsey lindsy lindy line linette ling linh linn linnea
linnie linsey lintang lioara lioba lipika lis lisabeth lisandra lisanne lisbet lisbeth lise liselott liselotte lisette lisha
lissa lissette lissi lissy lita liv liva livia liwia liz liza lizabeth lizbeth lize lizeth lizette lizz lizzette lizzie lizzy
ljiljana ljubica ljudmila lo loan loes loida loise lola lolita loma lona londa lone loni lonna lopa lora loraine loralee lore
lorean loredana loree loreen lorelei lorene lorenza loreta lorette loria loriann lorie lorilee lorina lorinda lorine loris
lorita lorna lorretta lorri lorriane lorrie lorrine lory lot lott lotta lotte lotti lottie louann louanne louella louetta
louisa loura lourdes lourie louvenia lova lovella lovetta lovie lovis lovisa loyce lu luana luann luanna luanne luara luba
luce luci luciana lucie lucienne lucija lucila lucile lucilla lucina lucinda lucrecia lucretia lucrezia ludie ludivina ludmila
ludmilla ludovica ludwina lue luella luetta lufen luigina luise luisina luitgard luiza lula lulu luminita lunna lupita lura
lurlene lurline luvenia luz luzia luzie lyda lydie lykke lyla lyn lynda lyndia lyndsay lyndsey lynell lynelle lynetta lynette
lynley lynna lynne lynnette lynsey ma maaike maaria maarit maartje mabel mabelle mable macarena macaria machelle macide macie
mackenzie macy madalena madalene madalina madaline madalyn maddie maddison madelaine madeleine madelene madelief madeline
madelyn madge madhavi madie madison madlen madlyn madonna mae maegan maeve mafalda magali magaly magan magaret magarete magda
magdalen magdalene magdolna magen maggie magnolia magret magrit mahalia mahi mahigul mahika mahnaz mahter mahulena mai maia
maida maija maike maiken maile maimunah maira maire mairead maisha maisie maite maj maja majken majorie majvor makayla makeda
maksude mala malena malene malgorzata malia malika malin malina malinda malisa malissa malka mallie mallory malorie malou
malva malvina malwina mamen mamie mammie mana manda mandi mandie mandy manie manja manola manon manuela manuelita manuella
many manya mao maple mar mara maraea maragaret maragret maranda marcela marcelene marcelina marceline marcella marcelle
marcene marchelle marcheta marci marcia marcie marcy mardell mare maree mareen mareike mareikura mareile maren marg marga
margareta margarete margaretha margarethe margarett margaretta margarette margarida margarita margarite margart margaud
margaux marge margene margeret margert margery marget margherita margie margit margita margitta margo margorie margot margret
margrethe margrett margrit marguerita marguerite margurite margy marhta mariah mariam marian mariane marianela mariann
marianna maribel maribeth marica maricela maricica maricruz mariechen mariel mariela mariele mariella marielle marieluise
marietta mariette marija marijana marika mariko marilee marilena marilou marilu marilynn marinda marine marinela marioara
mariola maris marisa marisela marisha marisol marissa maristela marit marita maritta maritza mariuca marivel marja marjaana
marjan marjatta marjo marjory marjukka marjut marketa marketta markita marla marlana marleen marlen marlena marlene marlies
marliese marline marlis marlo marlyn marlys marna marni marnie marquerite marquetta marquita marquitta marry marsha marte
marth marthe marti martine martirio martta marva marvel marvella marvis marx marya maryalice maryam maryann maryanna maryanne
marybelle marybeth maryellen maryetta maryjane maryjo maryland marylee marylin maryln marylou marylouise marylyn marylynn
maryrose maryse marzena masako maside masume matea mateja matha mathilda mathilde matilda matilde mattie maud maude maudie
maura maureen maurine maurita mavis maxie maxima maximina maxine may maybell maybelle maye mayme maynur mayola mayra maysa
mayte mazie mckenzie meabh meagan meaghan mechelle mechthild mechthilde mechtild mecide meda mee meera mefharet meg meggan
megha meghan meghana meghann mehdiye mehrigul mei meibh meike meja mekhala melaha melaine melani melania melany melba melda
meleknur melia melida melikkan melina melinda melisa melissia melita melitta mellie mellisa mellissa melodee melodi melodie
melody melonie melony melul melva melvina melynda mendy menfeat menisan meral merba mercedes mercedez merche mercy mereana
meredith merel merete merethe meri merideth meridith merilyn merim merissa merja merlene merlyn merna merri merrie merrilee
merry mertie merva mervi meryem meryeme meryl mesude meta mette meveddet mevludiye meyhanim mezide mi mica micaela michaele
michala micheala michela michelina micheline michell michiko micki mickie mie miesha migdalia mignon miguela miguelina mihaela
mihrab mihriye miia mikaela mikayla miki mikki mila milada milagro milagros milda milica milissa milka milla mille millicent
millie milly miloslava milou miluse mimi mimmi min mina minda mindi mindy minerva ming minibe minna minnie minodora minta
mioara mira mirabela miranda miray mireia mireille mirela mirella mireya miriama mirian mirja mirjam mirjami mirjana mirna
mirona miroslava miroslawa mirta mirte mirtha mirthe miruna misha misra miss missy misti mistie misty mitali mitsue mitsuko
mittie mitzi mitzie mitzy miyesser miyoko moa modesta mohini moira mollie molly mona monalisa monet monika monique monja
monnie monserrate montserrat moon mora morena moriah mozell mozella mozelle muarra mubetcel mucevher muferrih mufide mugber
mugdha muhiye mui mujde mukbile mukrume mumtaze munezzer muoi muret muriel musaffa musemma musure mutia muvahhide muveddet my
mya myesha myong myra myriam myrl myrle myrna myrta myrthe myrtice myrtie myrtis myrtle myung na nabila nada nadene nades
nadeschda nadeshda nadezda nadin nadine nadja nafile naiara naida naide nair naja najwa nakesha nakia nakisha nakita nalan nan
nana nancee nancey nanci nancie nandini nanette nanna nannette nannie naoimh naoma naomh naomi narcisa narhanim nasiba natacha
natali natalija natalja natalya natasa natascha natasha natashia natasja natasza nath nathalie natisha natividad natosha
nayara nayeli naz nazende nazi nazidil nazimet nazlihan nea nebiha necilal necole necva neda nedda nedra neelima neely nefaret
nefiye neha neida nejdet nela nelda nelia nelida nell nella nelle nelli nellie nelly nena nenita neoma neomi neptun nerea
nereida neriban nerissa nermin nery nesfe neslinur nesrin neta nete netra nettie neva nevada nevaeh neval nevenka nevgin
nevise nevsale neyran nezengul nezize nga ngaire ngan ngoc nguyet nia niamh nichelle nichol nichola nichole nicholle nicki
nickie nickole nicol nicolasa nicoleta nicoletta nicolette nicoline nicolle niculina nida nidhi nidia nidra nienke niesha
nieves nigmet nihan niharika niina nika niki nikia nikita nikki nikol nikole nikolett nikoletta nikolina nila nilam nilcan
nilda nili nilima nilsa nimrat ninetta ninfa ninthe nirgul nirja nisa nisha nita nitara nobuko noelia noella noelle noemi
nohemi nola noma nona noor noora noortje norah noreen norene norica noriko norine notburga nour nova novella novi nu nuala
nubia nudret nura nuran nuray nurbanu nurda nurdeniz nurey nurgil nurhayet nuria nurice nuriyet nurmelek nursan nurseda nurser
nursim nurtac nurten nurul nurveren nydia nyla nynke oana obdulia oceane ocie octavia octaviana oda odalis odalys odelia
odeline odessa odette odika odilia oeshi ofelia ogus ojasvi ok olalla olena olene oleta olevia olimpia olinda oliva olive
olivie olus olympia oma omaja omega omisha omriye omya ona oneida oni onie onita oona oonagh opal ophelia ora oralee oralia
orcin oretha orfhlaith orfiye oriana orla orlagh orlaigh orlaith ornella orpha orsolya ortansa ortrud ortrun orvokki osha
ossie otelia otilia ottilia ottilie otylie ouida outi oviya ovun oxana ozana ozay ozbilge ozdes ozell ozella ozge ozgun ozie
ozlem ozpetek ozyurt pa paca pacifica padma padmi padraigin page pahal paige paivi paivikki paksu pallavi palma palmira paloma
pam pamala pamelia pamella pamila pamula pandora panini pansy paola paoletta paramita paraschiva parthenia particia pascale
pascuala pastora pasty patience patria patrica patrice patricie patrina patrizia patsy patti pattie patty paulene pauletta
paulette paulica pauliina paulin paulita pavani pavla pavlina paye payton paz pearl pearle pearlene pearlie pearline pearly
peg peggie pei pekkan pembesin penelope penney penni pennie penny pepita peren perinur perla perlita permun pernilla pernille
pesent petrina petrona petronela petronila petruta peyton phebe phileine philippa philippine phillis philomena phoebe phung
phuong phylicia phylis phyliss piedad pien pierina pietra piia pilar pili pina ping pinkie piper pippa piran pirjo pirkko
piroska pleun pok polina polly pompilia pooja poppy porsche porsha portia precious pricilla primitiva princess priscila
priscilla prisha priska priya profira providencia prudence prudencia puck puji puk puput pura purcek purificacion pushti puspa
puti putri qiana qori queen queenie quiana quinty qushi quyen raagini rabbiye rabea rachael rachal rachana racheal rachele
rachell rachelle rachita racquel rada radha radhika radka radmila rae raeann raelene raewyn rafaela raffaella rafia rafila
ragna ragnhild raguel rahayu rahel rahiye rahmi raija raili raina raisa raissa rajata rajeshri rakide raksha raluca ramona
ramonita rana ranae randa randee randi ranee raphaela raquel rasheeda rashida ratih ratna raven raye rayla raylene raymonde
rayna rea reagan reanna reatha reba rebbeca rebbecca rebeca rebecka rebeka rebekah rebekka rebihat reda reena refet refugia
regena regenia regine reginia regitse regitze rehime reidun reiko reina reingard reinhild reinhilde reita reka rema remedios
remona rena renae renate renay renda renea renetta rengul reni renita renna renske resi ressie restu reta retha retta reva
revza reyna reynalda rezin rhea rheba rhian rhianna rhianne rhiannon rhoda rhona ria rica ricarda richelle ricki ridhi rifkiye
rigmor riikka riitta rika rikke rikki rima rina rini risa ritt ritva riva rivka riya robbi robbin robbyn robena robertina
robyn rochel rochell rochelle rocio rodica roise roisin rojnu roksana rolanda rolande roma romaine romana romanita romelia
romina romona romy rona ronda roni ronja ronna roos roosa rosalba rosalee rosalia rosalie rosalina rosalind rosalinda
rosalinde rosaline rosalva rosalyn rosamaria rosamond rosana rosann rosanna rosanne rosaria rosaura roseann roseanna roseanne
rosel roselee roselia roselinde roseline rosella roselle roselyn rosemarie rosena rosenda rosetta rosette rosi rosia rosie
rosina rosio rosita rosl roslyn rosmarie rossana rossie roswita roswitha rosy rotraud rotraut rowena roxana roxane roxann
roxanna roxanne roxelana roxie roxy roza rozalia rozalija rozanne rozella rozsa rubi rubie rubye rufina ruhide ruhugul rumeysa
ruperta rut rutha ruthann ruthanne ruthe ruthie ruthild ruxanda ruxandra ruza ruzena ruzica ryann saanvi saar saara sabihe
sabina sabine sabir sabra sacha sachi sachiko saci sade sadeti sadie sadiman sadina sadiye sadye safina safinaz safta safura
saga sage sahdiye sahigul sahil sahinder sahnuray saire sakura salena salimah salimet salina salley sallie salma salome
salomea salsabila salud salwa samahat samanta samara samatha samella samiah samiha samira sana sanavber sanaya sanda sandee
sandi sandie sandy sanja sanjuana sanjuanita sanna sanne sanni sanora santa santana santina sanur sanya sanziana saoirse sarai
saran sari sarina sarita sarka sarya sasha saskia satia satu saturnina sau saumya saundra savanna savannah saveta savina sayan
saygin sazime scarlet scarlett seana seanan seaneen seanna season sebigul sebla sebrina secgul sedife see seema sefer sefiye
sehel sehreban sehza seija sejda selale selcen selcuk selena selene selime selina selma selmin semat semenica semine semra
semrin semsinisa sena senaida seniha sennur senta seona september septi serafina seref serena serfinaz serina serita serma
serman sernur serpil servinaz sessa setsuko sevcan sevdinar severina sevgen sevginur sevican sevim sevketfeza sevla sevsevil
seyda seyhan seyyide sezen sha shae shaina shakia shakila shakira shakita shala shalanda shalon shalonda shameka shamika shan
shana shanae shanda shandi shandra shaneka shanel shanell shanelle shani shania shanice shanika shaniqua shanita shanna
shannan shannen shanon shanta shantae shantay shante shantel shantell shantelle shanti shaquana shaquita shara sharan sharda
sharee sharell sharen shari sharice sharie sharika sharilyn sharita sharla sharleen sharlene sharmaine sharolyn sharonda
sharri sharron sharyl sharyn shasta shauna shaunda shauneen shaunna shaunta shaunte shavon shavonda shavonne shawana shawanda
shawanna shawna shawnda shawnee shawnna shawnta shayla shayna sheba sheena sheilah shela shelba shelia shella shelley shelli
shellie shelly shemeka shemika shena shenika shenita shenna shera sheree sherell sheri sherice sheridan sherie sherika sherill
sherilyn sherise sherita sherlene sherley sherly sherlyn sheron sherrell sherri sherrie sherril sherrill sherron sherryl shery
sheryl sheryll shiela shila shiloh shin shira shirely shirl shirlee shirleen shirlene shirly shivani shizue shizuko shona
shonda shondra shonna shonta shoshana shravya shu shyla sian sibel sibilla sibille sibyl sibylla sibylle sidar sidonia
sieglinde siegrid siegried siegrun sienna sierra siglinde signe sigrid sigrun siiri silan silanur silja silje silke sille
silva silvana silviana silvie sima simber simina simona simonetta simonne simten sina sinaida sindy sine sinead sini sinikka
siobhan siofra sirap sirena siri sirivan sirkka sirpa sirriye siska sisko sissel siti siu siv sixta siya skye skyla skylar
slavena slavica slyvia smaranda sneha snjezana so socorro sofi sofie sohret soila solange sole soledad solma solveig solvej
somer sommer sona sondra song songul sonja sonnur sonya soo sook soon soraia sorana soraya sorcha sorina sorine sos soykan
soyler sparkle speranta spring stacee staci stacia stacie stana stanca stanislava star starla starr stasia stefana stefani
stefania stefanie stefanija stefany steffanie steffi stefica stela steliana steluta stepanie stepanka stephaine stephani
stephania stephany stephenie stephine stephnie sterre stilla stina stine stormy su suanne subutiye suci sudie sudiksha sueann
suellen suhani suheyda suk sukufe sulema suleyla sultane sumerya sumiko summer sun sunay sunday suner sunni sunny sunshine
susam susana susanita susann susanna susannah susanne suse susen susi susie sussanne sussie susy suus suvi suzan suzana suzann
suzanna suze suzer suzette suzi suzie suzy svea svenja svetlana swantje swetlana syahrini sybil sybilla sybille syble sylke
sylvana sylvie sylwia synnove synthia syreeta sys szilvia ta tabatha tabea tabetha tabitha tacnur tagangul taina taisha
tajuana takako takisha talia talibe talisha talitha tam tamala tamanna tamar tamatha tambra tameika tameka tamekia tamela
tamera tamesha tami tamica tamie tamika tamiko tamisha tammara tammera tammi tammie tamra tan tana tandra tandy taneka tanesha
tangela tangul tanika tanisha tanja tanmayi tanna tanses tantri tanvi tanya tanyu tarah taren tari tarja tarra tarsha taru
taryn tasha tashia tashina tasia tasvir tatiana tatjana tatum tatyana taunya tawana tawanda tawanna tawna tawny tawnya tayla
tayna tayyibe tea tecla teea teena tegan teija teisha teknaz tellervo telma telse temeka temika temime tempie temple tena
tenesha tenisha tennie tennille teodora teodosia teofila teona tequila tera tercan tere tereasa terese teresia teresita
teressa terez tereza terezia terezija terhi teri terica terina terisa terra terresa terrie terrilyn terttu tesha tess tessa
tessie teybet thalia thao thea theda thekla theodora theola theres therese theresia theressa thersa thi thomasena thomasina
thomasine thora thresa thu thuy tia tiana tianna tiara tiarna tiberia ticen tiegan tien tiera tierra tiesha tifany tiffaney
tiffani tiffanie tiffiny tiia tiina tijuana tilda tilde tillie tilly timea timika tinca tincuta tindra tine tinisha tiny tira
tirza tisa tish tisha titi titin tiziana tobi tobie toccara toi tola tomasa tomeka tomika tomiko tommye tomoko tomurcuk tona
tonda tone tonette tonia tonicha tonie tonisha tonita tonja tonje tora tori torie torill torri torrie tosha toshia toshiko
tova tove towanda toya tracee tracey traci tracie tran trang traude traudel traudl traute treasa treena trena tresa tressa
tressie treva tricia trina trine trinh trini trinity tripti trish trisha trista triveni triya trude trudel trudi trudie trudy
trula tudora tudorita tudosia tugce tui tuija tula tulay tule tulin tunde turcan turcein turid turkan turknur turvi tutkucan
tuula tuuli tuulia tuulikki tuva tuyet tuzenur twana twanda twanna twila twyla tyesha tyisha tyla tynisha tyra ubika ucchal
ucgul uchita udyati uge ugur ula ulke ulkum ulla ulrica ulrika ulrike ulva ulya umi ummahan ummahani ummuhan umray umusan un
una unal undine unjani unnati unni upadhriti upasna upma urishilla urmi urper ursel ursula urszula urte urvashi urvi uschi
usha usyi uta ute uyanser vacibe vada vaishnavi vajen valarie valborg valda valencia valene valeri valeria valery valeska
vallie valorie valrie vamakshi vanda vanesa vanetta vania vanita vanja vanna vannesa vannessa vansha vanya varenya varlik
varsha varvara vasana vasatika vashti vasiliki vasudha vecide veda vedhika vedika veera veerle vefia velda velia vella velma
velva velvet vena vendela vendula venera venessa venetta venice venita venla vennie venus veola verda verde verdell verdie
verena vergie verla verlene verlie verline verna vernell vernetta vernia vernice vernie vernita verona veronika veronique
versie vertie vesna vesta veta vezrife vi vicenta vicentia vickey vickie vicky victoire victorina vida vidhi viivi viki vikki
viktoria viktorie vildane vilde vilhelmiina vilhelmina vilma vina vinaya vincenza vinita vinnie viola violet violeta violetta
violette viorela viorica virag virgen virgie virgina virginie viridiana virpi visitacion vita vitoria vittoria viva vivan
viveka vivi viviana viviane vivianne vivien vivienne vladelina vladimira voichita voncile vonda vonnie vrinda vrishti vritti
vuokko vyanjana wai waida waimarie wakeeta walburga waldtraut walentina walli waltraud waltraut waltrud wan waneta wanetta
wani wanita warda warhi watika wava weena wei wen wenche wencke wendelin wendi wendie wendolin wendolyn wenke wenona wera
whitley whitney wibke widisha widya wiebke wikitoria wilda wilfriede wilhelmina wilhelmine wilhemina willa willena willene
willetta willette willia williemae willodean willow wilma wiltrud winda windy winifred winni winnie winnifred winona winter
wirda wishi wonda wulan wynell wynona xalak xenia xiao ximena xiomara xiti xochitl xuan yachana yadavi yadira yaeko yael
yahaira yahsi yahvi yaiza yajaira yamini yance yang yani yanira yara yasar yasemen yasemin yashasvi yashawini yashica yashoda
yashodhara yashvi yasmine yasti yasuko yauvani yazgul yda yee yekbun yelena yen yeni yepelek yer yesenia yesica yesil yessenia
yessi yessica yetta yevette yfke yi yildiz ying yinthe ylva yochana yoko yolande yolando yolonda yon yoshie yoshiko yoshita
yosma youlanda yrsa yu yucel yuette yuk yuki yukiko yuko yulanda yulia yuliana yun yung yuni yunita yuonne yurdaser yuridia
yuriko yurtseven yutika yvette yvone zada zaenab zaharia zahfer zahra zaida zaira zaitra zaliha zalindra zamfira zamira zana
zandra zaneta zansi zara zaraza zarna zdenka zdislava zebirce zehnia zehra zehranur zelaya zelda zelha zeljka zella zelma
zemzem zena zenaida zenia zenobia zenovia zenta zerafet zeride zetta zevlude zeynep zeyno zilfa zilmil zina zinal zinnure zita
zizi zoey zofia zofie zohrehan zoila zola zona zonia zora zoraida zorka zsanett zsofia zsuzsanna zubeyde zuheyla zula zulaikha
zulbiye zulema zulfa zulfuye zulma zumre zuzana`;

export const neutralNames = `
abdi ade adrien ahmed ale alexis ali alsoy alva amor andree anh antonie arie ariel asa ashton aubrey auguste augustine aurica
bailey bao bebe bennie bernie berry billie birgit blair bo bobbie britt brooklyn candra cannur carey carmine carrol carroll
cary casey chandra chang chau chi chong chung chus clair cleo conny cruz daire dakota dani daniele dannie dara darragh deane
dee del deon devin devon dominique dong dorian dung dusty eka eli elisha ellis enda fran frankie freddie gabi gabriele gale
gerd gerry geza guadalupe guiomar gunar gunver hassan henri hollis hong hussein ihsan inge ira irfan ivory jae jame jamey jani
jann janne jewel jewell jimmie jody johnie johnnie joni jovan jude kader kahurangi kala karan kari karma karol kasey kelley
kendall kirby kris krishna lacy lane laurence lauri lavern laverne leigh leone lesley loren loreto lou love luka lupe man
manaia manu marcell mari marin marty matija maxi merle micha michal mickey mika minh nam nanni naoise nazaret nicky nicola
nikola noa noel numbers odell ola olav ollie oncel otha paris pat quinn refugio regan reyes riley risalet robbie ronni rosario
sai sammie sang santos scottie selvi sendogan senna serda shay shayne shea shelby sol son stephane stevie sung sydney tai tama
thanh tiare toby tomi tommie tory trinidad tu ufukay uli unsever val valentine van vasilica vlasta wally yalin yan yong young
yuri`;
