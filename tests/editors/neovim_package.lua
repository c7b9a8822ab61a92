-- Plays a person in Neovim who installed the plugin as a package: the server attaches, the commands and the help are there.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))

stage.run(function()
  stage.open(stage.input.file)
  stage.wait_for('it says that nothing is measured', function()
    return stage.statusline() == 'not measured'
  end)
  stage.told.commands = vim.fn.getcompletion('Greenline ge', 'cmdline')
  stage.told.help = vim.fn.getcompletion('greenline-', 'help')
  stage.told.step = 'done'
end)
