"""Names that the world's people bear: common in England and Wales, put together at random."""

MALE = (
    "James Daniel Thomas Mohammed Jack Ryan Liam Kyle Aaron Callum Dean Lee Craig Darren Wayne "
    "Stephen Gareth Rhys Owen Dylan Imran Tariq Kwame Tomasz Piotr Andrei Connor Jordan Nathan "
    "Marcus Leon Tyrone Joshua Samuel Adam Luke Harvey Reece Scott Gavin David Michael Paul Mark "
    "Andrew Robert John Peter Kevin Ian Simon Matthew Christopher Anthony Jason Stuart Oliver "
    "George Harry Charlie Alfie Archie Oscar Ethan Lewis Toby Kieran Bradley Usman Bilal Yusuf "
    "Kofi Emeka Ravi Arjun Pawel Marek Ionut Hywel Geraint Ieuan"
).split()
FEMALE = (
    "Emma Chloe Sarah Jessica Amy Gemma Leanne Stacey Kerry Donna Aisha Fatima Zainab Agnieszka "
    "Mia Ellie Megan Bethan Cerys Siân Rebecca Lauren Kelly Natasha Danielle Shannon Paige Jade "
    "Charlotte Hannah Grace Abigail Nicole Tanya Michelle Lisa Joanne Tracey Amina Folake Susan "
    "Karen Julie Helen Nicola Claire Louise Alison Deborah Jacqueline Samantha Victoria Katie "
    "Olivia Amelia Isla Poppy Freya Holly Molly Georgia Zoe Leah Courtney Khadija Maryam Nadia "
    "Adaeze Abena Priya Anjali Magdalena Katarzyna Ioana Angharad Carys Ffion"
).split()
FAMILY = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker "
    "White Roberts Green Hall Wood Jackson Clarke Patel Khan Ahmed Hussain Ali Begum Singh Kaur "
    "Okafor Mensah Adeyemi Kowalski Nowak Popescu Harker Pugh Llewellyn O'Connor O'Brien "
    "McAllister Fletcher Barker Cooper Mason Turner Parker Hughes Edwards Collins Stewart Morris "
    "Rogers Reed Cook Morgan Bell Murphy Bailey Cox Ward Brooks Kelly Sanders Price Bennett Barnes "
    "Ross Henderson Coleman Perry Powell Long Patterson Hayes Foster Sutcliffe Ramsbottom Oyelaran "
    "Harrison Shaw Gibson Chapman Mills Webb Hunt Palmer Holmes Knight Lloyd Butler Russell Dixon "
    "Harvey Pearson Graham Fisher Andrews Ellis Carter Griffiths Watkins Howells Prosser Beddoes "
    "Hargreaves Entwistle Ogden Crabtree Bairstow Oakley Penrose Trelawney Fairfax Holroyd Appiah "
    "Boateng Chukwu Balogun Iqbal Mahmood Rahman Choudhury Sharma Gupta Wojcik Zielinski Ionescu "
    "Murray Doyle Gallagher Quinn Byrne Kavanagh MacDonald Ferguson Sinclair Armstrong Milburn"
).split()
TRADES = "Haulage Scaffolding Waste Roofing Foods Lettings Motors Recycling Plant Stores".split()
